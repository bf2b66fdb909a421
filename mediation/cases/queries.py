"""What the pages of cases show: lists by key, searches, and one case's parts, each in a statement or two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from mediation import access, clock, crypto
from mediation.case_view import current_agreement
from mediation.cases import facts
from mediation.extensions import db
from mediation.models import (
    Agency,
    AgencyOpinion,
    Agreement,
    AgreementChange,
    Attachment,
    Case,
    Conflict,
    Correction,
    Deadline,
    Entry,
    JointTask,
    Meeting,
    Membership,
    Obligation,
    Paper,
    Participation,
    Party,
    Pool,
    Process,
    SearchTerm,
    Statement,
    SupervisionOrder,
    Task,
    User,
    Visit,
)

PAGE = 30
_LAST_CHARACTER = chr(0x10FFFF)
ENDED = ("closed", "ended", "refused", "referred", "voided")
# What was seen, found or taken away, as against what was done.
READS = (
    "case-seen",
    "content-seen",
    "revealed",
    "searched",
    "attachment-downloaded",
    "paper-downloaded",
    "dossier-downloaded",
    "archive-exported",
    "journal-seen",
    "task-seen",
    "party-came-in",
    "party-left",
)


@dataclass(frozen=True)
class Filters:
    """What the list of cases is narrowed to; every part may be empty."""

    state: str = "open"  # open, ended, all
    kind: str = ""  # the beginning of a code
    level: str = ""
    risk: str = ""
    status: str = ""
    mine: bool = False

    @property
    def narrows(self) -> bool:
        return bool(self.kind or self.level or self.risk or self.status or self.mine)


@dataclass(frozen=True)
class Page:
    """Rows, and the key after which the next page begins (None: this was the last)."""

    rows: Sequence[Case]
    more: str | None = None
    due: dict[int, datetime] = field(default_factory=dict)  # case id -> the earliest deadline of an open task


def list_cases(user: User, filters: Filters, after: str | None = None, limit: int = PAGE) -> Page:
    """The user's cases, the newest first; `after` is the key of the last row seen."""
    query = access.visible_cases(user).where(*_conditions(filters, user)).options(*_row_parts())
    key = _parse(after)
    if key is not None:
        query = query.where(or_(Case.registered_at < key[0], and_(Case.registered_at == key[0], Case.id < key[1])))
    rows = list(db.session.scalars(query.order_by(Case.registered_at.desc(), Case.id.desc()).limit(limit + 1)))
    return _page(user, rows, limit)


def _row_parts() -> tuple[object, ...]:
    return (
        selectinload(Case.parties).lazyload(Party.representatives),
        joinedload(Case.mediator).lazyload(User.memberships),
    )


def _page(user: User, rows: list[Case], limit: int) -> Page:
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    more = f"{last.registered_at.isoformat()}~{last.id}" if last else None
    ids = [case.id for case in shown]
    return Page(shown, more, _earliest_due(user, ids))


def _earliest_due(user: User, case_ids: list[int]) -> dict[int, datetime]:
    if not case_ids:
        return {}
    seen = access.visible_tasks(user) if access.reads_parts(user) else select(Task)
    query = seen.with_only_columns(Task.case_id, Task.due_at).where(
        Task.case_id.in_(case_ids), Task.status == "open", Task.due_at.is_not(None)
    )
    found: dict[int, datetime] = {}
    for case_id, due_at in db.session.execute(query.order_by(Task.due_at.desc())):
        found[case_id] = due_at
    return found


def _parse(after: str | None) -> tuple[datetime, int] | None:
    """The key of a page, or None for what is none."""
    at, _, number = (after or "").partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, int(number)) if moment.tzinfo else None
    except ValueError:
        return None


def _conditions(filters: Filters, user: User) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if filters.status:
        where.append(Case.status == filters.status)
    elif filters.state != "all":
        closed = Case.status.in_(ENDED)
        where.append(closed if filters.state == "ended" else ~closed)
    if filters.kind:
        where.append(Case.kind.startswith(filters.kind, autoescape=True))
    for name in ("level", "risk"):
        if getattr(filters, name):
            where.append(getattr(Case, name) == getattr(filters, name))
    if filters.mine:
        where.append(Case.mediator_id == user.id)
    return where


# --- searching ---------------------------------------------------------------------------------------------------


def cases_called(text: str, user: User) -> Select[tuple[int]]:
    """Cases with a term that begins like `text`: a number, any part of a name from two characters on, a telephone.

    A telephone finds the cases only whose content the user may read: else digit by digit it could be guessed.
    """
    term = facts.searched(text)
    found = select(SearchTerm.case_id).where(SearchTerm.term >= term, SearchTerm.term < term + _LAST_CHARACTER)
    if not term.isdigit():
        return found
    readable = access.readable_cases(user).with_only_columns(Case.id)
    return found.where(or_(func.length(SearchTerm.term) < facts.SHORTEST_TELEPHONE, SearchTerm.case_id.in_(readable)))


def search(user: User, text: str, after: str | None = None, limit: int = PAGE) -> Page:
    """The user's cases that are called so, or in which an identity number is exactly `text`; the newest first."""
    readable = access.readable_cases(user).with_only_columns(Case.id)
    by_number = select(Party.case_id).where(
        Party.id_number_hash == crypto.keyed_hash(text, "id-number"), Party.case_id.in_(readable)
    )
    query = access.visible_cases(user).where(or_(Case.id.in_(cases_called(text, user)), Case.id.in_(by_number)))
    key = _parse(after)
    if key is not None:
        query = query.where(or_(Case.registered_at < key[0], and_(Case.registered_at == key[0], Case.id < key[1])))
    query = query.options(*_row_parts()).order_by(Case.registered_at.desc(), Case.id.desc()).limit(limit + 1)
    return _page(user, list(db.session.scalars(query)), limit)


def known_people(user: User, name: str, phone: str, id_number: str, limit: int = 8) -> list[Party]:
    """Parties of the user's cases who may be the same person, the latest first; for the clerk who registers."""
    same: list[ColumnElement[bool]] = []
    if len(name.strip()) >= 2:
        same.append(Party.name == name.strip())
    if len(facts.digits(phone)) >= 7:
        same.append(Party.phone == phone.strip())
    if id_number.strip():
        same.append(Party.id_number_hash == crypto.keyed_hash(id_number, "id-number"))
    if not same:
        return []
    mine = access.visible_cases(user).with_only_columns(Case.id)
    query = select(Party).where(or_(*same), Party.case_id.in_(mine), Party.withdrawn_at.is_(None))
    return list(db.session.scalars(query.options(joinedload(Party.case)).order_by(Party.id.desc()).limit(limit)))


# --- one case ----------------------------------------------------------------------------------------------------


def parties(case: Case) -> list[Party]:
    """Who stands in the case, in the order registered."""
    query = select(Party).where(Party.case_id == case.id, Party.withdrawn_at.is_(None)).order_by(Party.id)
    return list(db.session.scalars(query))


def open_tasks(user: User, case: Case) -> list[Task]:
    """The open steps of the case that the user sees: another house sees its own."""
    query = access.visible_tasks(user).where(Task.case_id == case.id, Task.status == "open")
    query = query.options(joinedload(Task.claimed_by).lazyload(User.memberships), joinedload(Task.pool))
    return list(db.session.scalars(query.order_by(Task.due_at.nulls_last(), Task.entered_at, Task.id)))


def deadlines(user: User, case: Case) -> list[Deadline]:
    """The clocks of the case; another house sees those that began when it had the case."""
    query, sight = select(Deadline).where(Deadline.case_id == case.id), access.view_of(user, case)
    if not sight.whole and sight.since is not None:
        query = query.where(Deadline.shared, Deadline.started_on >= clock.local(sight.since).date())
    return list(db.session.scalars(query.order_by(Deadline.due_at, Deadline.id)))


def supervision_orders(user: User, case: Case) -> list[SupervisionOrder]:
    """The supervision orders of the case that the person may see, the newest first."""
    query = access.visible_orders(user).where(SupervisionOrder.case_id == case.id)
    query = query.options(
        joinedload(SupervisionOrder.agency), joinedload(SupervisionOrder.person).lazyload(User.memberships),
        joinedload(SupervisionOrder.task).joinedload(Task.process).load_only(Process.release_hash),
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(SupervisionOrder.id.desc())))


def meetings(case: Case) -> list[Meeting]:
    query = select(Meeting).where(Meeting.case_id == case.id).options(selectinload(Meeting.invitations))
    return list(db.session.scalars(query.order_by(Meeting.starts_at.desc(), Meeting.id.desc())))


def opinions(case: Case) -> list[AgencyOpinion]:
    """What agencies were asked before joint meetings, and what they said; the last round first."""
    query = select(AgencyOpinion).where(AgencyOpinion.case_id == case.id).options(joinedload(AgencyOpinion.agency))
    return list(db.session.scalars(query.order_by(AgencyOpinion.round.desc(), AgencyOpinion.id)))


def joint_tasks(case: Case) -> list[JointTask]:
    """What agencies took on at joint meetings, the next due first."""
    query = select(JointTask).where(JointTask.case_id == case.id, JointTask.withdrawn.is_(False))
    return list(db.session.scalars(query.options(joinedload(JointTask.agency)).order_by(JointTask.due_on, JointTask.id)))


def next_meeting(case: Case) -> Meeting | None:
    query = select(Meeting).where(Meeting.case_id == case.id, Meeting.status == "invited").order_by(Meeting.starts_at)
    return db.session.scalar(query.limit(1))


def agreement(case: Case) -> Agreement | None:
    return current_agreement(case.id)


def obligations(case: Case) -> list[Obligation]:
    """What the agreement that counts obliges the sides to, by date."""
    found = current_agreement(case.id)
    return list(found.obligations) if found else []


def change_under_way(case: Case) -> AgreementChange | None:
    """The change of the agreement that is being agreed on or signed."""
    query = select(AgreementChange).where(
        AgreementChange.case_id == case.id, AgreementChange.status.in_(("draft", "agreed"))
    )
    return db.session.scalar(query.order_by(AgreementChange.id.desc()).limit(1))


# The flow that follows what a change adds when everything was performed.
AFTER_A_CHANGE = "changed_performance"


def follows_a_change(case: Case) -> bool:
    """Whether what a change has added is still being watched over, or visited for."""
    query = select(Process.id).where(
        Process.case_id == case.id, Process.key == AFTER_A_CHANGE, Process.status == "running"
    )
    return db.session.scalar(query.limit(1)) is not None


def visits(case: Case) -> list[Visit]:
    return list(db.session.scalars(select(Visit).where(Visit.case_id == case.id).order_by(Visit.due_on, Visit.id)))


def statements(case: Case) -> list[Statement]:
    return list(
        db.session.scalars(
            select(Statement).where(Statement.case_id == case.id).order_by(Statement.made_at, Statement.id)
        )
    )


def attachments(user: User, case: Case) -> list[Attachment]:
    """What was handed in and the user may open, in the order in which it came."""
    query = access.visible_attachments(user, case).options(
        joinedload(Attachment.original), joinedload(Attachment.party).lazyload(Party.representatives)
    )
    return list(db.session.scalars(query.order_by(Attachment.id)))


def corrections(case: Case) -> list[Correction]:
    query = (
        select(Correction)
        .where(Correction.case_id == case.id)
        .options(joinedload(Correction.by).lazyload(User.memberships))
    )
    return list(db.session.scalars(query.order_by(Correction.id.desc())))


def conflicts(case: Case) -> list[Conflict]:
    query = (
        select(Conflict)
        .where(Conflict.case_id == case.id)
        .options(joinedload(Conflict.user).lazyload(User.memberships))
    )
    return list(db.session.scalars(query.order_by(Conflict.id)))


def papers(user: User, case: Case) -> list[Paper]:
    """The papers of the case that the user may read, the newest first."""
    query = (
        access.visible_papers(user)
        .where(Paper.case_id == case.id)
        .options(joinedload(Paper.party).lazyload(Party.representatives))
    )
    return list(db.session.scalars(query.order_by(Paper.id.desc())))


def processes(case: Case) -> list[Process]:
    query = select(Process).where(Process.case_id == case.id).order_by(Process.id)
    return list(db.session.scalars(query))


def entries(
    user: User, case: Case, *, reads: bool | None = None, before: int | None = None, limit: int | None = PAGE
) -> list[Entry]:
    """The case's chain as far as the user may follow it, the newest first: all of it, what was done (reads False), or
    what was seen (reads True)."""
    query = access.visible_entries(user, case).options(joinedload(Entry.user).lazyload(User.memberships))
    if reads is not None:
        query = query.where(Entry.action.in_(READS) if reads else Entry.action.not_in(READS))
    if before is not None:
        query = query.where(Entry.ordinal < before)
    return list(db.session.scalars(query.order_by(Entry.ordinal.desc()).limit(limit)))


def participations(case: Case) -> list[Participation]:
    query = select(Participation).where(Participation.case_id == case.id)
    query = query.options(
        joinedload(Participation.pool).joinedload(Pool.agency),
        joinedload(Participation.user).lazyload(User.memberships),
    )
    return list(db.session.scalars(query.order_by(Participation.since_at, Participation.id)))


def colleagues(user: User) -> list[User]:
    """People who may come to work on a case: everybody of the user's agencies and of their children."""
    own = {held.agency_id for held in user.memberships}
    below = select(Agency.id).where(or_(Agency.id.in_(own), Agency.parent_id.in_(own)))
    ids = select(Membership.user_id).join(Membership.pool).where(Pool.agency_id.in_(below))
    query = select(User).where(User.id.in_(ids), User.active).options(selectinload(User.memberships))
    return list(db.session.scalars(query.order_by(User.name, User.id)))
