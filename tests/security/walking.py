"""Walks through every address of the application as somebody, and reads whatever comes back as a person would."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from mediation.extensions import db
from mediation.models import (
    Agency,
    AgreementChange,
    ArchivedCase,
    Attachment,
    Case,
    CaseLink,
    Conflict,
    Delivery,
    Dossier,
    DutyPost,
    DutyTurn,
    GridSearch,
    Hand,
    Incident,
    Interpreter,
    Invitation,
    Meeting,
    Notice,
    Obligation,
    Packet,
    Paper,
    Participant,
    Party,
    Receipt,
    Referral,
    ReleaseDraft,
    Room,
    RosterMember,
    SavedView,
    SealedNote,
    SearchArea,
    StaffTie,
    StandIn,
    Task,
    User,
)
from tests.journeys.steps import text_of_pdf
from tests.person import Person

# What signs out or speaks another language for the rest of the walk, and files that are the same for everybody.
LEFT_OUT = {"accounts.sign_out", "portal.leave", "static"}
UNKNOWN = "ZZZZZZZZZZ"


@dataclass(frozen=True)
class Answer:
    """What one address said: everything readable in it, without the spaces in which a page breaks its lines."""

    url: str
    status: int
    text: str
    kind: str


def addresses(app: Flask, method: str, *, tasks: int = 6) -> list[str]:
    """Every address of the application that answers to the method, filled in with the rows that are there."""
    db.session.rollback()
    known = _rows(app, tasks)
    adapter = app.url_map.bind("")
    found = []
    for rule in app.url_map.iter_rules():
        if method not in (rule.methods or ()) or rule.endpoint in LEFT_OUT:
            continue
        names = sorted(rule.arguments)
        rows = known if rule.rule.endswith(".pdf") else known | {"paper_id": _one_for_each_reader()}
        for values in product(*(rows[name] for name in names)):
            found.append(adapter.build(rule.endpoint, dict(zip(names, values, strict=True)), method=method))
    return list(dict.fromkeys(found))


def _rows(app: Flask, tasks: int) -> dict[str, list[Any]]:
    """Route parameter -> the values to try: an address with a parameter that is not here must be added here."""

    def ids(model: Any) -> list[Any]:
        return list(db.session.scalars(select(model.id).order_by(model.id))) or [1]

    known = {
        "case_id": ids(Case), "party_id": ids(Party), "paper_id": ids(Paper), "attachment_id": ids(Attachment),
        "notice_id": _of_each_template(), "letter_id": ids(Notice)[:2], "invitation_id": ids(Invitation), "obligation_id": ids(Obligation),
        "conflict_id": ids(Conflict),
        "referral_id": ids(Referral), "search_id": ids(GridSearch), "area_id": ids(SearchArea), "path": ["intake.bpmn"],
        "draft_id": ids(ReleaseDraft), "interpreter_id": ids(Interpreter), "room_id": ids(Room),
        "note_id": ids(SealedNote), "member_id": ids(RosterMember), "meeting_id": ids(Meeting), "tie_id": ids(StaffTie),
        "post_id": ids(DutyPost), "turn_id": ids(DutyTurn), "participant_id": ids(Participant), "link_id": ids(CaseLink),
        "incident_id": ids(Incident), "view_id": ids(SavedView), "stand_in_id": ids(StandIn),
        "user_id": ids(User)[:3], "agency_id": ids(Agency)[:2], "task_id": _telling_tasks(tasks),
        "release_hash": ["0" * 64], "key": ["intake", "peoples_mediation", "service_matter"], "field": ["phone", "summary", "address"],
        "what": ["phone", "id_number", "address"], "code": ["zh", UNKNOWN, *db.session.scalars(select(Paper.check_code).limit(3))],
        "delivery_id": ids(Delivery), "change_id": ids(AgreementChange), "packet_id": ids(Packet), "receipt_id": ids(Receipt),
        "dossier_id": ids(Dossier), "archived_id": ids(ArchivedCase), "ordinal": [1], "kind": ["rights_notice"],
        "token": [UNKNOWN], "day": ["2026-01-01"],
        "way": ["confirmation"], "hand_id": ids(Hand)[:3],
        "digest": ["0" * 64, *db.session.scalars(select(Paper.sha256)
        .where(Paper.sha256.is_not(None)).limit(3))],
    }  # fmt: skip
    return known


def _telling_tasks(most: int) -> list[str]:
    """The steps in which most was told come first; those of one element once."""
    telling = ("urging", "enquiry", "consent", "rights", "registration", "agreement", "visit")
    rows = db.session.execute(select(Task.id, Task.bind).order_by(Task.done_at.desc().nulls_first()))
    first: dict[str, str] = {}
    for task_id, bind in rows:
        first.setdefault(bind, task_id)
    order = sorted(first, key=lambda bind: telling.index(bind) if bind in telling else len(telling))
    return [first[bind] for bind in order[:most]] or [UNKNOWN]


def _one_for_each_reader() -> list[int]:
    """A paper for each circle of readers and party, in each state: the walls around what is done with one are the same for
    the next, only what stands in it differs."""
    rows = db.session.execute(select(Paper.id, Paper.audience, Paper.party_id, Paper.status).order_by(Paper.id))
    first: dict[tuple[Any, ...], int] = {}
    for paper_id, *reader in rows:
        first.setdefault(tuple(reader), paper_id)
    return sorted(first.values()) or [1]


def _of_each_template() -> list[int]:
    first: dict[str, int] = {}
    for notice_id, template in db.session.execute(select(Notice.id, Notice.template).order_by(Notice.id)):
        first.setdefault(template, notice_id)
    return sorted(first.values())[:8] or [1]


def walk(
    person: Person, urls: list[str], method: str = "GET", data: Mapping[str, Any] | None = None
) -> Iterator[Answer]:
    """Ask for each address; nothing is followed: where it leads to is an address of the list."""
    token = person.token() if method == "POST" else ""
    for url in urls:
        person.stays()
        if method == "GET":
            response = person.client.get(url)
        else:
            response = person.client.post(url, data={"csrf_token": token, **(data or {})})
        yield Answer(url, response.status_code, readable(response), response.mimetype or "")


def readable(response: TestResponse) -> str:
    """The body as whoever receives it can read it, and the headers."""
    headers = " ".join(f"{name}: {value}" for name, value in response.headers if name != "Set-Cookie")
    body = (
        _of_pdf(response.data)
        if response.mimetype == "application/pdf"
        else response.get_data(as_text=False).decode("utf-8", "replace")
    )
    return squeezed(f"{headers} {_unescaped(body)}")


@lru_cache(maxsize=512)  # more than there are papers: else whoever walks next reads each of them anew
def _of_pdf(content: bytes) -> str:
    return text_of_pdf(content)


def _unescaped(text: str) -> str:
    r"""Entities and the \uXXXX of JSON in attributes, as a browser reads them."""
    plain = html.unescape(html.unescape(text))
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), plain)


def squeezed(text: str) -> str:
    """Lines break anywhere in a PDF, and people write telephone numbers with spaces."""
    return re.sub(r"[\s\x02\ufffe]+", "", text)


def leaks(answers: Iterator[Answer], secrets: Mapping[str, str]) -> list[str]:
    """`url: what` for each secret that an answer gives away; a search may repeat what was searched."""
    return [
        f"{answer.url} [{answer.status}]: {what}"
        for answer in answers
        for what, secret in secrets.items()
        if squeezed(secret) in answer.text and not answer.url.endswith(f"q={secret}")
    ]
