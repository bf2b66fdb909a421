"""Disputes that belong together: found by what they share, joined and parted by a person, and followed up again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from mediation import access, clock, flow, journal
from mediation.cases import ties, traits
from mediation.cases.operations import Refused
from mediation.extensions import db
from mediation.models import Alarm, Case, CaseLink, CaseTrait, Party, Process, Task, User
from mediation.permissions import is_open, works_on
from mediation.releases import current_release_hash, definition_of

FOLLOW_UP = "reopened_follow_up"
KINDS = ("same-matter", "related", "repeat", "counterclaim")
# From where a new case came -> as what it is told to the closed one.
SOURCES = {"police": "police", "hotline": "hotline", "grid": "visit"}
# One telephone of a large property company must not draw a hundred cases onto the page.
MOST_ALIKE = 12
MOST_ROWS = 120


@dataclass
class Alike:
    """A case that shares something with another: what it shares, and whether this person may read it."""

    case: Case
    readable: bool
    reasons: list[str] = field(default_factory=list)


# --- finding ------------------------------------------------------------------------------------------------------


def alike(user: User, wanted: Iterable[traits.Trait], names: list[str], without: Iterable[int] = ()) -> list[Alike]:
    """Cases of the whole house that share a trait, what weighs most first: two statements, whatever is typed.

    `names` are those of the parties to whom `Trait.party` refers. Of a case that this person may not read only the
    fact, and the agency to ask, may be shown.
    """
    by_hash = {one.hash: one for one in wanted if one.kind in traits.KINDS}
    if not by_hash:
        return []
    query = (
        select(CaseTrait.hash, CaseTrait.case_id, Party.name)
        .outerjoin(Party, Party.id == CaseTrait.party_id)
        .where(CaseTrait.hash.in_(by_hash), CaseTrait.case_id.not_in(list(without)))
        .order_by(CaseTrait.case_id.desc(), CaseTrait.id)
        .limit(MOST_ROWS)
    )
    shared: dict[int, list[tuple[traits.Trait, str]]] = {}
    for row in db.session.execute(query):
        shared.setdefault(row.case_id, []).append((by_hash[row.hash], row.name or ""))
    ranked = sorted(
        shared, key=lambda case_id: (min(traits.KINDS.index(one.kind) for one, _n in shared[case_id]), -case_id)
    )
    cases = _cases(user, ranked[:MOST_ALIKE])
    return [
        Alike(*cases[case_id], list(dict.fromkeys(_reason(one, names, other, cases[case_id][1])
                                                  for one, other in shared[case_id])))
        for case_id in ranked[:MOST_ALIKE] if case_id in cases
    ]  # fmt: skip


def _cases(user: User, ids: list[int]) -> dict[int, tuple[Case, bool]]:
    """The cases with whether the user may read what they hold. Not loaded through `visible_cases`: that there is a case,
    and whom to ask, is all that the page says of one out of view."""
    readable = Case.id.in_(access.readable_cases(user).with_only_columns(Case.id)).label("readable")
    query = select(Case, readable).where(Case.id.in_(ids), Case.voided_at.is_(None)).options(joinedload(Case.agency))
    return {row[0].id: (row[0], bool(row[1])) for row in db.session.execute(query)}


def _reason(one: traits.Trait, names: list[str], other: str, readable: bool) -> str:
    """What is shared, and between whom; of a case out of view the other side's name is not told."""
    mine = names[one.party] if one.party is not None and one.party < len(names) else ""
    told = {
        "id": _("same identity number"), "person": _("same name and date of birth"), "phone": _("same telephone"),
        "address": _("same address"), "matter": _("same kind of matter at the same place with the same person"),
    }[one.kind]  # fmt: skip
    if not readable or not other:
        return f"{mine}: {told}" if mine else told
    who = other if mine in ("", other) else f"{mine} ⇄ {other}"
    return f"{who}: {told}"


def alike_of(user: User, case: Case, rows: Iterable[CaseLink]) -> list[Alike]:
    """Cases like a registered one that nobody has joined to it yet; `rows`: those that are."""
    joined = {case.id, *(one for row in rows for one in (row.case_id, row.other_id))}
    return alike(user, traits.registered(case), [party.name for party in traits.standing(case)], joined)


# --- joining ------------------------------------------------------------------------------------------------------


def links_of(case: Case) -> list[CaseLink]:
    """What is joined to a case, in either direction, the latest first."""
    query = (
        select(CaseLink)
        .where(or_(CaseLink.case_id == case.id, CaseLink.other_id == case.id), CaseLink.undone_at.is_(None))
        .options(
            joinedload(CaseLink.case), joinedload(CaseLink.other), joinedload(CaseLink.by).lazyload(User.memberships)
        )
        .order_by(CaseLink.id.desc())
    )
    return list(db.session.scalars(query))


def join(case: Case, other: Case, kind: str, reason: str, *, by: User) -> CaseLink:
    """Join a case to an earlier one; a closed one is followed up again. Raises Refused when that makes no sense."""
    if case.id == other.id or kind not in KINDS:
        raise Refused(_("A case is joined to another one."))
    first, second = sorted((case.id, other.id))
    flow.lock_case(first)
    flow.lock_case(second)
    known = next((row for row in links_of(case) if other.id in (row.case_id, row.other_id)), None)
    if known is not None:
        return known
    row = CaseLink(case_id=case.id, other_id=other.id, kind=kind, reason=reason.strip(), by_id=by.id, at=clock.now())
    db.session.add(row)
    db.session.flush()
    for one, another in ((case, other), (other, case)):
        journal.record("case-linked", case_id=one.id, by=by, subject=f"case:{another.id}", details={"kind": kind})
    for one, another in ((case, other), (other, case)):
        if _is_new_to(one, another):
            source = SOURCES.get(another.source, "new_case")
            raise_alarm(one, source, f"新登记的关联纠纷：{another.display_number}", about=another, by=by)
    return row


def _is_new_to(closed: Case, other: Case) -> bool:
    """Whether the other case says something new about a closed one: it is still open, or was registered after the closing."""
    if closed.closed_at is None or closed.voided_at is not None or other.voided_at is not None:
        return False
    return is_open(other) or other.registered_at > closed.closed_at


def part(row: CaseLink, reason: str, *, by: User) -> None:
    """Undo a link; that there was one stays on record."""
    row.undone_at, row.undone_by_id, row.undone_reason = clock.now(), by.id, reason.strip()
    for one, another in ((row.case_id, row.other_id), (row.other_id, row.case_id)):
        journal.record("case-unlinked", case_id=one, by=by, subject=f"case:{another}", details={"kind": row.kind})


def may_part(user: User, case: Case) -> bool:
    """A dispatcher or director of the centre of one of the two cases."""
    return any(
        held.role in ("dispatcher", "director") and held.agency_id == case.agency_id for held in user.memberships
    )


def may_join(user: User, case: Case) -> bool:
    return works_on(user, case) and case.voided_at is None


def readable_case(user: User, text: str) -> Case | None:
    """The case of this number or code, if the user may read it."""
    words = text.strip()
    query = access.readable_cases(user).where(or_(Case.number == words, Case.code == words.upper()))
    return db.session.scalar(query.limit(1))


# --- after closing ------------------------------------------------------------------------------------------------


def raise_alarm(
    case: Case, source: str, text: str, *, about: Case | None = None, by: User | None, actor: str = ""
) -> Alarm:
    """Keep what came in about a closed case and open its follow-up again, unless a check of it is still to be done.
    `actor` names in the journal who told it where that is no user."""
    case = flow.lock_case(case.id)
    if is_open(case) or case.voided_at is not None:
        raise Refused(_("The case is still open: report it there."))
    row = Alarm(case_id=case.id, source=source, text=text.strip(), about_id=about.id if about else None,
                by_id=by.id if by else None, at=clock.now())  # fmt: skip
    db.session.add(row)
    db.session.flush()
    journal.record("alarm-raised", case_id=case.id, by=by, actor=actor or ("" if by else "flow"), subject=source)
    ties.note_ties(case)  # whose ties were declared after it was closed is kept away from what follows
    unchecked = select(Task.id).where(Task.case_id == case.id, Task.status == "open", Task.bind == "reopened-check")
    if db.session.scalar(unchecked.limit(1)) is None:
        flow.start(case, FOLLOW_UP, {}, by=by, release_hash=_release_with_follow_up(case))
    return row


def _release_with_follow_up(case: Case) -> str:
    """A case that was closed under a release without this flow is followed up by the one of today."""
    own = definition_of(case.release_hash)
    return case.release_hash if FOLLOW_UP in own.processes else current_release_hash()


def alarms_of(case: Case) -> list[Alarm]:
    """What came in after closing, the latest first."""
    query = select(Alarm).where(Alarm.case_id == case.id).options(joinedload(Alarm.about))
    return list(db.session.scalars(query.order_by(Alarm.id.desc())))


def followed_up_again(case: Case) -> bool:
    """Whether the follow-up of a closed case is open again at this moment."""
    query = select(Process.id).where(Process.case_id == case.id, Process.key == FOLLOW_UP, Process.status == "running")
    return case.closed_at is not None and db.session.scalar(query.limit(1)) is not None


def wished_links(form: Mapping[str, Any], found: list[Alike]) -> list[tuple[Case, str]]:
    """What the registrar ticked beside the form: the case and the kind of link; only of cases that may be read."""
    wished = []
    for one in found:
        kind = str(form.get(f"link-{one.case.id}") or "")
        if one.readable and kind in KINDS:
            wished.append((one.case, kind))
    return wished
