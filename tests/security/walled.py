"""One case driven far, with a marker in everything that one side told, showed or owns: what must never cross a wall."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from mediation import clock, scheduler
from mediation.extensions import db
from mediation.models import Invitation, Party
from tests.house import House
from tests.journeys import steps
from tests.journeys.table import Table
from tests.person import Person
from tests.security.walking import Answer


@dataclass(frozen=True)
class Side:
    """What is one side's own. Every text is found nowhere else; `file` is what its attachment says."""

    name: str
    phone: str
    corrected_phone: str
    id_number: str
    address: str
    statement: str
    consent: str
    enquiry: str
    answer: str
    caucus: str
    request: str
    file_name: str
    file: str
    account: str
    cannot: str

    @property
    def private(self) -> dict[str, str]:
        """What stands behind this side's wall, by what it is; a caucus note is even behind the centre's."""
        hidden = ("name", "caucus", "corrected_phone")
        return {key: value for key, value in vars(self).items() if key not in hidden} | {
            "new phone": self.corrected_phone
        }


def _side(letter: str, name: str, digit: str, id_number: str) -> Side:
    def mark(what: str) -> str:
        return f"secretof{letter}{what}"

    return Side(
        name=name, phone=f"138{digit * 4}0001", corrected_phone=f"139{digit * 4}0002", id_number=id_number,
        address=mark("address"), statement=mark("statement"), consent=mark("consent"), enquiry=mark("enquiry"),
        answer=mark("answer"), caucus=mark("caucus"), request=mark("request"), file_name=mark("file"),
        file=mark("content"), account=mark("account"), cannot=mark("cannot"),
    )  # fmt: skip


def identity(first_seventeen: str) -> str:
    """A number of a resident identity card with the last place that fits."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first_seventeen + "10X98765432"[sum(w * int(d) for w, d in zip(weights, first_seventeen, strict=True)) % 11]


A = _side("A", "慕容青岚", "4", identity("11010119680312001"))
B = _side("B", "欧阳北辰", "7", identity("11010119720701002"))
PROTECTED = "secretofAservice"  # A's address for service is kept from the other side
CORRECTION = "secretofAreason"


@dataclass
class Walled:
    """The case, the people around it, and the plain code of each party."""

    app: Flask
    house: House
    table: Table
    codes: dict[str, str] = field(default_factory=dict)
    log: io.StringIO = field(default_factory=io.StringIO)
    # What each viewer was told on the walk everywhere, reduced to what is secret of somebody.
    heard: dict[str, list[Answer]] = field(default_factory=dict)

    def party(self, side: Side) -> Party:
        return self.table.party(side.name)

    def staff(self, login: str) -> Person:
        return Person(self.app, self.house.users[login])

    def nobody(self) -> Person:
        return Person(self.app, None)

    def resident(self, side: Side) -> Person:
        """That party's browser, already inside."""
        person = self.nobody()
        person.get("/see")
        person.submit({"case": self.table.case.code}, form="main form")
        person.submit({"code": self.codes[side.name]}, form="main form")
        return person


def build(app: Flask, house: House) -> Walled:
    """Register, mediate, agree, confirm, perform, visit: every paper of the road is issued and made."""
    table = Table(app, lambda login: Person(app, house.users[login]))
    made = Walled(app, house, table)
    _register(made)
    steps.accept(table)
    _ask_consent(table)
    _tell_rights(table)
    _enquire(table)
    _residents_write(made)
    _hand_in(made)
    _meet(made)
    _agree(table)
    steps.sign(table)
    steps.confirm_by_the_court(table)
    _perform(made)
    _correct(made)
    _caucus_by_hand(made)
    table.renders()
    scheduler.sending.send_due()
    return made


def _entry(side: Side, which: str, **more: Any) -> dict[str, Any]:
    return {
        "side": which, "kind": "person", "name": side.name, "phone": side.phone, "id_number": side.id_number,
        "address": side.address, "statement": side.statement, **more,
    }  # fmt: skip


def _register(made: Walled) -> None:
    parties = [_entry(A, "applicant", protected=True), _entry(B, "respondent")]
    dispute = {"kind": "0201", "summary": "楼上渗水。", "place": "青禾区", "claims": "修复并赔偿。", "amount": "9000",
               "source": "window", "people_count": "2"}  # fmt: skip
    made.table.registers("clerk", **dispute, parties=parties)
    for side in (A, B):
        made.codes[side.name] = steps.new_code(made.table, side.name)


def _ask_consent(table: Table) -> None:
    table.does("dispatcher", "appoint", mediator="mediator", chosen_by="committee", conflict="none")
    rows = [{"answer": "agree", "given_on": clock.today(), "how": "phone", "note": side.consent} for side in (A, B)]
    table.does("mediator", "consent", consents=rows, openness="closed")


def _tell_rights(table: Table) -> None:
    rows = [
        {"told_on": clock.today(), "how": "in_person", "received": True, "service_address": address}
        for address in (PROTECTED, "青禾区和平路 2 号")
    ]
    table.does("mediator", "tell_rights", told=rows, free_of_charge=True, sham_warned=True)


def _enquire(table: Table) -> None:
    """Each side is asked alone, and tells the mediator something in confidence."""
    for side, then in ((A, "again"), (B, "meeting")):
        table.does(
            "mediator", "enquire", asked=str(table.party(side.name).id), started_at=clock.now() - timedelta(hours=1),
            place="调解室", exchanges=[{"question": "经过如何？", "answer": side.answer}], statement=side.enquiry,
            caucus=side.caucus, evidence=[{"name": "照片", "source": side.request}], next_step=then,
        )  # fmt: skip


def _residents_write(made: Walled) -> None:
    for side in (A, B):
        person = made.resident(side)
        person.get("/see/statement")
        person.submit({"text": side.request}, form="main form")
        person.get("/see/file")
        sent = {"csrf_token": person.token(), "purpose": "evidence",
                "file": (io.BytesIO(side.file.encode()), f"{side.file_name}.txt")}  # fmt: skip
        assert person.client.post("/see/file", data=sent, content_type="multipart/form-data").status_code == 302


def _hand_in(made: Walled) -> None:
    """The clerk takes in a photograph for side A: it has a preview, too."""
    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(picture, "PNG")
    clerk, case_id = made.table.person("clerk"), made.table.case_id
    clerk.get(f"/cases/{case_id}/upload")
    sent = {"csrf_token": clerk.token(), "party": str(made.party(A).id), "purpose": "evidence",
            "files": (io.BytesIO(picture.getvalue()), f"{A.file_name}.png")}  # fmt: skip
    assert (
        clerk.client.post(f"/cases/{case_id}/upload", data=sent, content_type="multipart/form-data").status_code == 302
    )


def _meet(made: Walled) -> None:
    table = made.table
    starts_at = clock.start_of(clock.today() + timedelta(days=3)) + timedelta(hours=10)
    table.does(
        "mediator", "invite", starts_at=starts_at, place="第一调解室", mode="room", separate="yes", open_to_public="no"
    )
    for side in (A, B):
        invitation = db.session.scalars(select(Invitation).where(Invitation.party_id == made.party(side).id)).one()
        person = made.resident(side)
        person.get(f"/see/meetings/{invitation.id}")
        person.post(f"/see/meetings/{invitation.id}", {"answer": "cannot", "note": side.cannot})
    table.renders()
    table.goes_to(starts_at + timedelta(hours=1))
    table.does("mediator", "hold", result="held", began_at=starts_at, attendance=[{"attended": "yes"}] * 2)
    table.goes_to(starts_at + timedelta(hours=3))
    table.does(
        "mediator", "minutes", ended_at=starts_at + timedelta(hours=2), record="双方协商一致。", result="agreed",
        read_back=True, recorder="周雨晴", undisputed="楼上漏水属实。", issues="赔偿数额。",
    )  # fmt: skip


def _agree(table: Table) -> None:
    plan = "\n".join(f"{clock.today() + timedelta(days=10 * number)} 4500" for number in (1, 2))
    steps.draft(table, [steps.pays(table, B.name, A.name, "9000", when="instalments", plan=plan, account=A.account)])


def _perform(made: Walled) -> None:
    """A visit on which one side speaks freely, one instalment in default and urged."""
    from mediation.agreements.performance import next_visit

    table = made.table
    due = next_visit(table.case_id)
    table.goes_to_day(due.due_on)
    table.does("mediator", "visit", result="done", visited_at=clock.now(), manner="phone", performance="performed",
               visited=[str(made.party(A).id)], satisfaction="satisfied", signs="none", opinion=A.consent)  # fmt: skip
    first = table.obligations()[0]
    table.goes_to(clock.end_of(first.due_on) + timedelta(hours=9))
    assert "urge" in table.open_steps()


def _correct(made: Walled) -> None:
    """A telephone number was written down wrongly; both stay behind the wall."""
    clerk, case_id = made.table.person("clerk"), made.table.case_id
    for side in (A, B):
        address = f"/cases/{case_id}/parties/{made.party(side).id}/correct/phone"
        clerk.get(address)
        clerk.submit({"new": side.corrected_phone, "reason": CORRECTION if side is A else "听错了"}, form="main form")


def _caucus_by_hand(made: Walled) -> None:
    mediator, case_id = made.table.person("mediator"), made.table.case_id
    mediator.get(f"/cases/{case_id}/parties")
    for side in (A, B):
        mediator.post(f"/cases/{case_id}/caucus", {"party": str(made.party(side).id), "text": side.caucus})
