"""The demonstration centre: every page has something to show on the first start."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from mediation import clock, codes, journal
from mediation.demo import load, loading
from mediation.demo.stories import STORIES
from mediation.extensions import db
from mediation.models import (
    Attachment,
    Case,
    Meeting,
    Notice,
    Referral,
    SealedNote,
    SearchResult,
    StoredFile,
    SupervisionOrder,
    Task,
    TaskComment,
    User,
    Visit,
)

# The moment between the last signature and the first day of performance is none that a case rests in.
PASSING = {"effective"}


# Where something waits for somebody, by the part of the centre's work.
WORLDS = {
    "hand-overs": ("referral.send", "referral.sign", "referral.answer", "supervision.answer"),
    "the grid": (
        "grid_report.dispatch", "grid_handling.handle_grid", "grid_handling.handle", "rectification.answer",
    ),
    "public-service matters": ("service_matter.supplement", "service_matter.deliver"),
    "the court": ("court_commissioned.contact",),
    "the police": ("police_linkage.first",),
    "labour": ("labour_linkage.assess",),
    "risk": ("risk_response.measures", "risk_response.review"),
    "joint meetings": ("joint_meeting.hold", "joint_meeting.represent"),
}  # fmt: skip


def count(query: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery()))


def test_the_demonstration_centre_has_cases_in_every_state_and_something_on_every_page(app: Any) -> None:
    assert load()
    states = set(db.session.scalars(select(Case.status)))
    assert states >= set(codes.table("statuses")) - PASSING
    assert count(select(Case)) >= 40
    overdue = select(Task).where(Task.status == "open", Task.due_at < clock.now())
    assert count(overdue) >= 5
    assert {role for user in db.session.scalars(select(User)) for role in user.roles} >= {
        "clerk", "dispatcher", "director", "mediator", "court_liaison", "flow_admin", "system_admin", "supervisor",
    }  # fmt: skip
    assert count(select(Visit).where(Visit.status == "planned")) > 0
    assert count(select(TaskComment)) > 0
    assert count(select(Notice).where(Notice.channel == "inbox", Notice.read_at.is_(None))) > 0
    previews = select(StoredFile.media_type).join(Attachment, Attachment.preview_sha256 == StoredFile.sha256)
    assert set(db.session.scalars(previews)) == {"image/jpeg"}
    assert list(journal.verify()) == []
    assert open_steps() >= {step for steps in WORLDS.values() for step in steps}
    assert set(db.session.scalars(select(Referral.status))) >= {"sent", "returned", "answered"}
    assert count(select(SupervisionOrder)) == 1
    assert count(select(SealedNote)) == 1
    assert [(one.found, one.places) for one in db.session.scalars(select(SearchResult).order_by(SearchResult.id))] == [
        (0, 38), (1, 46),
    ]  # fmt: skip
    photographed = select(Attachment.case_id).join(Case).where(Case.root_process == "grid_report").distinct()
    assert count(photographed) >= 4
    assert count(select(Meeting).where(Meeting.room_id.is_not(None), Meeting.starts_at > clock.now())) > 0


def open_steps() -> set[str]:
    query = select(Task.process_key, Task.element_id).where(Task.status == "open")
    return {f"{process}.{element}" for process, element in db.session.execute(query)}


def test_a_house_with_people_is_not_overwritten(app: Any, house: Any) -> None:
    assert not load()
    assert count(select(Case)) == 0


def test_a_first_start_that_was_interrupted_is_begun_again(app: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(loading, "STORIES", STORIES[:2])
    people_only = loading.Player.play
    monkeypatch.setattr(loading.Player, "play", lambda _self: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        loading.load()
    monkeypatch.setattr(loading.Player, "play", people_only)
    monkeypatch.setattr(loading, "bring_along", lambda _now: None)
    monkeypatch.setattr(loading.neighbourhood, "search", lambda _now: None)
    assert loading.load()
    assert len(db.session.scalars(select(Case)).all()) == 2
    assert not loading.load()
