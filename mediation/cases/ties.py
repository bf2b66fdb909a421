"""Ties between people who work here and a case: declared for the case, or found by comparing permanent ties with parties.

最高人民法院关于人民法院特邀调解的规定 第十五条、第十六条；人民法院在线调解规则 第十三条.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from mediation import access, clock, journal
from mediation.cases import traits
from mediation.extensions import db
from mediation.models import Case, CaseTrait, Conflict, Participation, Pool, StaffTie, Task, User

# Who mediated a case does not act in it later on the side that decides (特邀调解规定 16).
DECIDING_ROLES = ("court_liaison", "procuratorate_liaison")


# --- permanent ties ----------------------------------------------------------------------------------------------


def declare(user: User, answers: Mapping[str, Any], *, by: User) -> StaffTie:
    """Keep a tie of `user` (kind, name, relation, id_number) and compare it with every case that is still open."""
    tie = StaffTie(
        user=user, kind=str(answers["kind"]), name=str(answers["name"]).strip(),
        relation=str(answers.get("relation") or "").strip(), name_hash=traits.name_hash(str(answers["name"])),
        id_number_hash=traits.identity_hash(str(answers.get("id_number") or "")), declared_at=clock.now(),
    )  # fmt: skip
    db.session.add(tie)
    db.session.flush()
    journal.record("tie-declared", by=by, subject=f"user:{user.id}", details={"kind": tie.kind})
    for case in db.session.scalars(_cases_of(tie)).all():
        _note(case, [tie], {trait.hash for trait in traits.registered(case)})
    return tie


def end(tie: StaffTie, *, by: User) -> None:
    """The tie no longer exists; what it has barred stays barred until somebody looks into it."""
    tie.ended_at = tie.ended_at or clock.now()
    journal.record("tie-ended", by=by, subject=f"user:{tie.user_id}")


def of_user(user: User) -> list[StaffTie]:
    """The ties that a person has declared and not ended, the latest first."""
    query = select(StaffTie).where(StaffTie.user_id == user.id, StaffTie.ended_at.is_(None))
    return list(db.session.scalars(query.order_by(StaffTie.id.desc())))


def _cases_of(tie: StaffTie) -> Any:
    hashes = [one for one in (tie.name_hash, tie.id_number_hash) if one]
    found = select(CaseTrait.case_id).where(CaseTrait.hash.in_(hashes))
    return select(Case).where(Case.id.in_(found), Case.closed_at.is_(None), Case.voided_at.is_(None)).order_by(Case.id)


# --- ties found in a case -----------------------------------------------------------------------------------------


def note_ties(case: Case) -> None:
    """Compare the people of the case with the ties of everybody who works here: one look-up by keyed hash."""
    known = list(traits.registered(case))
    hashes = {one.hash for one in known if one.kind in ("id", "name")}
    same = or_(StaffTie.name_hash.in_(hashes), StaffTie.id_number_hash.in_(hashes))
    query = select(StaffTie).where(StaffTie.ended_at.is_(None), same) if hashes else None
    found = list(db.session.scalars(query.order_by(StaffTie.id))) if query is not None else []
    if found:
        _note(case, found, {one.hash for one in known})


def _note(case: Case, found: Iterable[StaffTie], hashes: set[str]) -> None:
    """A Conflict for each person who is tied; one that was accepted or cleared before stays as it is."""
    query = select(Conflict).where(Conflict.case_id == case.id).order_by(Conflict.id)
    known = {(row.user_id, row.tie_id) for row in db.session.scalars(query)}
    for tie in found:
        if (tie.user_id, tie.id) in known:
            continue
        certain = tie.id_number_hash in hashes
        if not certain and _is_namesake(case, tie):
            continue
        db.session.add(Conflict(
            case_id=case.id, user_id=tie.user_id, reason=_reason(tie, certain), declared_by_id=tie.user_id,
            declared_at=clock.now(), tie_id=tie.id, found_by="id" if certain else "name",
        ))  # fmt: skip
        journal.record("tie-found", case_id=case.id, actor="flow", subject=f"user:{tie.user_id}")


def reason_told(conflict: Conflict) -> str:
    """The reason in the language of the page: what comparing found is said anew, what a colleague wrote stays as written."""
    if conflict.tie is None:
        return conflict.reason
    what = {
        "kin": _("a declared relative"), "organisation": _("a declared employer or organisation with an interest"),
    }.get(conflict.tie.kind, _("another declared tie"))  # fmt: skip
    if conflict.tie.relation:
        what = _("%(what)s (%(relation)s)", what=what, relation=conflict.tie.relation)
    if conflict.found_by == "id":
        return _("%(what)s is a party of this case or acts for one: the identity numbers agree", what=what)
    return _(
        "%(what)s is a party of this case or acts for one: the name agrees; whether it is the same person is still to be "
        "looked into",
        what=what,
    )


def _is_namesake(case: Case, tie: StaffTie) -> bool:
    """Both identity numbers are known and differ: somebody else of the same name."""
    same = [
        party for party in case.parties
        if party.withdrawn_at is None and traits.name_hash(party.name) == tie.name_hash
    ]  # fmt: skip
    others = [party for party in same if party.id_number_hash and party.id_number_hash != tie.id_number_hash]
    return bool(tie.id_number_hash and same and len(others) == len(same))


def _reason(tie: StaffTie, certain: bool) -> str:
    """What everybody reads beside the case, in the language of records."""
    what = {"kin": "申报的近亲属", "organisation": "申报的任职或者有利害关系的单位"}.get(tie.kind, "申报的其他关系")
    how = "证件号码一致" if certain else "姓名（名称）相同，是否同一人待核实"
    return f"{what}{f'（{tie.relation}）' if tie.relation else ''}是本案当事人或者代理人：{how}"


def clear(conflict: Conflict, *, by: User) -> None:
    """Somebody looked into it: a namesake, not the same person."""
    conflict.cleared_at, conflict.cleared_by_id = clock.now(), by.id
    journal.record("tie-cleared", case_id=conflict.case_id, by=by, subject=f"user:{conflict.user_id}")


# --- who is kept away ---------------------------------------------------------------------------------------------


def barring() -> tuple[Any, ...]:
    """The conditions under which a Conflict keeps somebody away: not accepted by all sides, not cleared."""
    return Conflict.accepted_by_all.is_(False), Conflict.cleared_at.is_(None)


def barred(user_id: int, case_id: int) -> Conflict | None:
    """The tie that keeps a person away from a case, unless both sides agreed after it was told."""
    query = select(Conflict).where(Conflict.user_id == user_id, Conflict.case_id == case_id, *barring())
    return db.session.scalar(query.order_by(Conflict.id).limit(1))


def resting(user: User, task: Task) -> str | None:
    """Why somebody who holds a task may not hand it in now, in words; None: nothing keeps him or her from it."""
    tie = barred(user.id, task.case_id)
    return reason_told(tie) if tie is not None else None


def why_not(user: User, task: Task) -> str | None:
    """Why a person may not have this task, in words; None: nothing speaks against it."""
    tie = barred(user.id, task.case_id)
    if tie is not None:
        return reason_told(tie)
    if task.pool.role in DECIDING_ROLES and _mediated(user.id, task.case):
        return _("Whoever mediated a dispute does not act in it later (Rules on Invited Mediation, art. 16)")
    return None


def _mediated(user_id: int, case: Case) -> bool:
    if case.mediator_id == user_id:
        return True
    seat = (
        select(Participation.id)
        .join(Participation.pool)
        .where(Participation.case_id == case.id, Participation.user_id == user_id, Pool.role == "mediator")
    )
    return db.session.scalar(seat.limit(1)) is not None


def kept_from(user: User, limit: int = 50) -> list[Conflict]:
    """The ties that keep this person away from cases in view, the latest first: a name that somebody declares must not
    tell whether its bearer has a dispute."""
    seen = access.visible_cases(user).with_only_columns(Case.id)
    query = select(Conflict).where(Conflict.user_id == user.id, Conflict.case_id.in_(seen), *barring())
    return list(db.session.scalars(query.order_by(Conflict.id.desc()).limit(limit)))


def tied_people(case: Case) -> dict[int, Conflict]:
    """Whom a tie keeps away from the case, by user id."""
    query = select(Conflict).where(Conflict.case_id == case.id, *barring()).options(joinedload(Conflict.user))
    return {row.user_id: row for row in db.session.scalars(query.order_by(Conflict.id))}
