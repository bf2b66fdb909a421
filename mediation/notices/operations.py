"""Telling people: a notice is a row in the same transaction as what it tells of, and is sent afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, exists, select

from mediation import clock, rosters, standing
from mediation.effects import Occasion, effect, watches
from mediation.extensions import db
from mediation.models import Case, DutyPost, DutyTurn, Membership, Notice, Paper, Party, Pool, Task, User
from mediation.models.papers import STANDS

# More people than this are not told one by one that their pool was offered a task: the list shows it.
POOL_TOLD_UP_TO = 8


INBOX = ("inbox",)
INBOX_AND_MAIL = ("inbox", "mail")


def tell_user(user_id: int, template: str, *, case: Case | None = None, task: Task | None = None,
              channels: tuple[str, ...] = INBOX, **details: Any) -> None:  # fmt: skip
    """Put a notice into a user's inbox, and send a mail where it matters."""
    now = clock.now()
    for channel in channels:
        db.session.add(Notice(
            case_id=case.id if case else None, task_id=task.id if task else None, user_id=user_id, channel=channel,
            template=template, details=details, created_at=now, try_after=now,
            status="sent" if channel == "inbox" else "queued", sent_at=now if channel == "inbox" else None,
        ))  # fmt: skip


def tell_party(party: Party, template: str, *, case: Case, task: Task | None = None, paper: Paper | None = None,
               **details: Any) -> Notice:  # fmt: skip
    """Tell a resident: by text message where there is a mobile number, else by a letter that somebody hands over."""
    now = clock.now()
    notice = Notice(
        case_id=case.id, task_id=task.id if task else None, party_id=party.id, paper_id=paper.id if paper else None,
        channel="sms" if is_mobile(party.phone) else "letter", template=template, details=details, created_at=now,
        try_after=now,
    )  # fmt: skip
    db.session.add(notice)
    return notice


def is_mobile(phone: str) -> bool:
    digits = "".join(char for char in phone if char.isdigit()).removeprefix("86")
    return len(digits) == 11 and digits.startswith("1")


_MEMBERS = (
    select(Membership.user_id)
    .join(Pool, Pool.id == Membership.pool_id)
    .join(User, User.id == Membership.user_id)
    .where(Pool.role == bindparam("role"), Pool.agency_id == bindparam("agency"), User.active)
    .order_by(Membership.user_id)
)


def members_of(role: str, agency_id: int) -> list[int]:
    """The ids of the active users who hold a role in an agency."""
    with db.session.no_autoflush:  # asked in every step: what the step writes has nothing to do with memberships
        return list(db.session.scalars(_MEMBERS, {"role": role, "agency": agency_id}))


# The same of a pool, and whether it keeps a roster at all: who does not is asked nothing more.
_OFFERED = (
    select(
        Membership.user_id,
        exists().where(DutyPost.pool_id == bindparam("pool")).label("has_posts"),
        exists().where(DutyTurn.pool_id == bindparam("pool"), DutyTurn.day == bindparam("day")).label("has_turns"),
    )
    .join(User, User.id == Membership.user_id)
    .where(Membership.pool_id == bindparam("pool"), User.active)
    .order_by(Membership.user_id)
)


def offered_to(task: Task) -> tuple[list[int], bool]:
    """Whom an offered task is told to: the people on duty today, else all of its pool; and whether it is the duty's."""
    with db.session.no_autoflush:
        rows = db.session.execute(_OFFERED, {"pool": task.pool_id, "day": clock.today()}).all()
    everybody = [row.user_id for row in rows]
    if not rows or not (rows[0].has_posts or rows[0].has_turns):
        return everybody, False
    on_duty = rosters.watch_of(task.pool_id).told_of(task.case.kind)
    found = [user_id for user_id in everybody if user_id in on_duty]
    return found or everybody, bool(found)


@effect("send-notice", required=("template", "to"), paper=None)
def _send_notice(occasion: Occasion, *, template: str, to: str, paper: str | None = None) -> None:
    case = occasion.case
    if to in ("parties", "applicant", "respondent"):
        for party in case.parties:
            if party.withdrawn_at is None and to in ("parties", party.side):
                tell_party(party, template, case=case, task=occasion.task, paper=_paper(case, party, paper))
        return
    for user_id in _recipients(case, to):
        tell_user(user_id, template, case=case, task=occasion.task, channels=INBOX_AND_MAIL, title=case.display_number)


def _paper(case: Case, party: Party, kind: str | None) -> Paper | None:
    """The paper of this kind that was issued to the party last, or to everybody."""
    if kind is None:
        return None
    query = select(Paper).where(Paper.case_id == case.id, Paper.kind == kind, Paper.status.in_(("queued", *STANDS)))
    mine = query.where((Paper.party_id == party.id) | Paper.party_id.is_(None))
    return db.session.scalar(mine.order_by(Paper.id.desc()).limit(1))


def _recipients(case: Case, to: str) -> Iterable[int]:
    if to == "mediator":
        return [case.mediator_id] if case.mediator_id else members_of("dispatcher", case.agency_id)
    if to == "holder":
        query = select(Task.claimed_by_id).where(Task.case_id == case.id, Task.status == "open")
        return sorted({holder for holder in db.session.scalars(query) if holder})
    role = to.removeprefix("role:")
    at_court = members_of(role, case.court_id) if case.court_id and standing.sees(role) == "referred" else []
    return at_court or members_of(role, case.agency_id)


@watches("tasks-opened")
def _tell_new_tasks(case: Case, tasks: list[Task], by: User | None) -> None:
    """Who was given a task hears of it; so does a small pool that is offered one. Not who caused it."""
    for task in tasks:
        if task.claimed_by_id:
            told, template = [task.claimed_by_id], "task-given"
        else:
            told, on_duty = offered_to(task)
            template = "task-offered"
            if len(told) > POOL_TOLD_UP_TO and not on_duty:
                continue
        for user_id in told:
            if by is None or user_id != by.id:
                tell_user(user_id, template, case=case, task=task, title=case.display_number, step=task.name)
