"""The steps of the journeys, as the people take them; each is one visit to a desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pypdfium2

from mediation import clock
from tests.journeys.table import Table, driven
from tests.person import Person

LEAK = {
    "kind": "0201",
    "summary": "楼上卫生间渗水，浸湿楼下吊顶和衣柜。",
    "place": "青禾区和平小区 3 号楼",
    "claims": "修复防水层并赔偿损失。",
    "amount": "9000",
    "source": "window",
    "people_count": "2",
    "parties": [
        {
            "side": "applicant",
            "kind": "person",
            "name": "王建国",
            "sex": "male",
            "birth_date": "1968-03-12",
            "phone": "13800138001",
            "address": "和平小区 3 号楼 201",
            "id_number": "11010119680312001X",
            "statement": "我家衣柜全泡坏了，心里其实只要八千。",
        },
        {
            "side": "respondent",
            "kind": "person",
            "name": "李秀兰",
            "sex": "female",
            "birth_date": "1972-07-01",
            "phone": "13900139002",
            "address": "和平小区 3 号楼 301",
        },
    ],
}


def register_leak(table: Table) -> None:
    """The clerk registers at the window; the receipt shows the case code and each party's own code, this once."""
    register(table, LEAK)


def register(table: Table, dispute: dict[str, Any]) -> None:
    table.registers("clerk", **dispute)


def examine(table: Table) -> None:
    table.does(
        "clerk", "examine", materials_complete="yes", identity_checked=True, exclusion="none", conclusion="admit"
    )


def accept(table: Table, committee: str = "committee") -> None:
    examine(table)
    table.does("dispatcher", "confirm_triage", decision="accept", suggestion="confirmed", committee=committee)


@driven
def accepted_leak(table: Table) -> None:
    """The leak, registered and taken on by the committee."""
    register_leak(table)
    accept(table)


@driven
def signed_leak(table: Table) -> None:
    """Three instalments of 3000, signed; nothing paid yet, and all papers so far are printed."""
    register_leak(table)
    accept(table)
    agree_in_a_meeting(table)
    sign(table)
    table.renders()


def appoint_and_consent(table: Table, **consents: str) -> None:
    """A mediator is appointed and asks every party; `consents` by the party's name, agree where nothing is said."""
    table.does("dispatcher", "appoint", mediator="mediator", chosen_by="committee", conflict="none")
    parties = table.case.parties
    rows = [
        {"answer": consents.get(party.name, "agree"), "given_on": clock.today(), "how": "phone"} for party in parties
    ]
    table.does("mediator", "consent", consents=rows, openness="closed")


def tell_rights_and_enquire(table: Table) -> None:
    rows = [
        {"told_on": clock.today(), "how": "in_person", "received": True, "service_address": "和平小区"}
        for _ in table.case.parties
    ]
    table.does("mediator", "tell_rights", told=rows, free_of_charge=True, sham_warned=True)
    table.does(
        "mediator",
        "enquire",
        asked=str(table.case.parties[0].id),
        started_at=clock.now() - timedelta(hours=1),
        place="调解室",
        exchanges=[{"question": "经过如何？", "answer": "楼上漏水。"}],
        statement="申请人的底线是七千五。",
        caucus="只告诉调解员：六千也行。",
        next_step="meeting",
    )


def hold_meeting(table: Table, result: str = "agreed") -> None:
    starts_at = clock.start_of(clock.today() + timedelta(days=3)) + timedelta(hours=10)
    table.does(
        "mediator", "invite", starts_at=starts_at, place="第一调解室", mode="room", separate="no", open_to_public="no"
    )
    table.goes_to(starts_at + timedelta(hours=1))
    rows = [{"attended": "yes"} for _ in table.case.parties]
    table.does("mediator", "hold", result="held", began_at=starts_at, attendance=rows)
    table.goes_to(starts_at + timedelta(hours=3))
    table.does(
        "mediator",
        "minutes",
        ended_at=starts_at + timedelta(hours=2),
        record="双方陈述后协商一致。",
        result=result,
        read_back=True,
        recorder="周雨晴",
        undisputed="楼上漏水属实。",
        issues="赔偿数额。",
    )


def draft(table: Table, terms: list[dict[str, Any]], **more: Any) -> None:
    table.does(
        "mediator",
        "draft",
        facts="楼上漏水致楼下家具受损。",
        issues="赔偿数额和付款方式。",
        responsibility="楼上住户承担赔偿责任。",
        terms=terms,
        default_clause="逾期可申请强制执行。",
        copies="3",
        **more,
    )
    table.does(
        "director",
        "check",
        checks=["capacity", "voluntary", "lawful", "third_party", "clear", "figures"],
        result="pass",
    )


def pays(table: Table, debtor: str, creditor: str, amount: str, purpose: str = "compensation", **more: Any) -> dict[str, Any]:
    """A term: somebody pays somebody, by transfer."""
    who, whom = str(table.party(debtor).id), str(table.party(creditor).id)
    return {"kind": "pay", "debtor": who, "creditor": whom, "purpose": purpose, "amount": amount, "how": "transfer",
            "account": "青禾农商银行 6200 0000 0000 0001", **more}  # fmt: skip


def agree_in_a_meeting(table: Table) -> None:
    """Mediator, consent, rights, enquiry, meeting, draft in three instalments, checked by the director."""
    appoint_and_consent(table)
    tell_rights_and_enquire(table)
    hold_meeting(table)
    plan = "\n".join(f"{clock.today() + timedelta(days=10 * number)} 3000" for number in (1, 2, 3))
    draft(table, [pays(table, "李秀兰", "王建国", "9000", when="instalments", plan=plan)])


def sign(table: Table, manner: str = "hand") -> Person:
    """All parties, the mediator and the seal, on one day."""
    person = table.opens("mediator", "sign")
    count = len(
        {
            name
            for name in (field["name"] for field in person.page.select("[name^=signatures-]"))
            if name.endswith("-signed")
        }
    )
    first = [{"signed": "yes"} for _ in range(count)]
    rows = [
        {**row, "manner": manner if number < count - 1 else "seal", "signed_on": clock.today()}
        for number, row in enumerate(first)
    ]
    return table.does("mediator", "sign", signatures=rows, next_step="go_on", copies_delivered=True)


def confirm_by_the_court(table: Table, *, scope: str = "all", ruling: str = "confirmed", **more: Any) -> None:
    """Joint application within thirty days; the court's own pool takes it up."""
    table.does("mediator", "precheck", wish="all", scope=scope, confirm_terms="赔偿款的支付。", explained=True, **more)
    rows = [{"signed": "yes", "signed_on": clock.today()} for _ in table.case.parties]
    table.does(
        "mediator",
        "apply",
        court="court",
        applicants=rows,
        annexes=["agreement", "mediation_proof", "identity"],
        result="filed",
        applied_on=clock.today(),
        how="office",
    )
    table.does("court", "accept", decision="accepted", decided_on=clock.today(), court_number="（2026）青司确1号")
    extra = {"confirmed_terms": "付款条款。", "reason": "身份关系不予确认。"} if ruling == "partly" else {}
    table.does(
        "court",
        "rule",
        decision=ruling,
        decided_on=clock.today(),
        ruling_number="（2026）青民特1号",
        served=True,
        **extra,
    )


def receive(table: Table) -> None:
    table.does("mediator", "receive", result="received", received_on=clock.today(), how="transfer", voucher="回单")


def cure(table: Table) -> None:
    table.does("mediator", "urge", contacted_on=clock.today(), how="phone", response="cured", received_on=clock.today())


def visit(table: Table) -> None:
    """Wait for the next visit to come up, and make it."""
    from mediation.agreements.performance import next_visit

    due = next_visit(table.case_id)
    assert due is not None, "no visit is planned"
    if clock.start_of(due.due_on) > clock.now():
        table.goes_to_day(due.due_on)
    table.does(
        "mediator",
        "visit",
        result="done",
        visited_at=clock.now(),
        manner="phone",
        performance="performed",
        satisfaction="satisfied",
        signs="none",
    )


# What the file says at its end, beside how it ended.
CLOSED = {
    "outcome": "written", "performance": "performed", "dossier": ["application", "rights", "identity", "minutes"],
    "retention": "long", "summary": "调解成功，全部履行，回访无异常。",
}  # fmt: skip


def close(table: Table, outcome: str = "written", performance: str = "performed") -> None:
    table.does("dispatcher", "close", **{**CLOSED, "outcome": outcome, "performance": performance})


def resident_reads(table: Table, person: Person) -> None:
    """The other side's resident, with a code from the clerk, sees the status and the own papers, nothing of the other side."""
    code = new_code(table, "李秀兰")
    person.get("/see")
    person.submit({"case": table.case.code}, form="main form")
    person.submit({"code": code}, form="main form")
    shown = person.text()
    assert "王建国" in shown
    for link in [str(a["href"]) for a in person.page.select("main a[href^='/see/papers/']")]:
        answer = person.client.get(link)
        assert answer.status_code == 200
        shown += text_of_pdf(answer.data)
    assert "调解协议书" in shown.replace(" ", "")
    for secret in ("13800138001", "201 室", "八千", "七千五", "六千"):
        assert secret not in shown


def new_code(table: Table, name: str) -> str:
    """The clerk renews the party's code at the window and reads it out."""
    clerk, party = table.person("clerk"), table.party(name)
    clerk.get(f"/cases/{table.case_id}/parties")
    clerk.post(f"/cases/{table.case_id}/parties/{party.id}/code")
    codes = [code.get_text(strip=True) for code in clerk.page.select("main .number.h1")]
    assert codes, clerk.text()[:500]
    return codes[-1]


def text_of_pdf(content: bytes) -> str:
    """Everything that a PDF says."""
    document = pypdfium2.PdfDocument(content)
    return "".join(page.get_textpage().get_text_range() for page in document)
