"""People invited to the table beside the parties, and what each side says to that (人民调解法 20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from mediation import clock, journal
from mediation.extensions import db
from mediation.models import Case, Participant, Party, User

ROLES = ("volunteer", "relative", "neighbour", "expert", "other")


def of_case(case_id: int, *, left: bool = False) -> list[Participant]:
    """Who is invited, in the order invited; with `left` also those who have gone."""
    query = select(Participant).where(Participant.case_id == case_id).order_by(Participant.id)
    return list(db.session.scalars(query if left else query.where(Participant.left_at.is_(None))))


def at_the_table(case: Case) -> list[Participant]:
    """Those to whom every side has agreed: whoever invites to a meeting invites these too."""
    sides = {str(party.id) for party in case.parties if party.withdrawn_at is None}
    return [one for one in of_case(case.id) if stands(one) == "agreed" and sides <= one.consents.keys()]


def stands(one: Participant) -> str:
    """agreed (by all who were asked), refused (by somebody), left, or open."""
    said = set(one.consents.values())
    if one.left_at is not None:
        return "left"
    if "refuse" in said:
        return "refused"
    return "agreed" if said == {"agree"} else "open"


def invite(case: Case, wanted: Sequence[Mapping[str, Any]], *, by: User) -> None:
    """Who is to come, in place of who was listed; somebody listed before keeps what the sides have said."""
    known = {(one.name, one.role): one for one in of_case(case.id)}
    for row in wanted:
        name, role = str(row.get("name") or "").strip()[:60], str(row.get("role") or "other")
        one = known.pop((name, role), None)
        if one is None:
            one = Participant(case_id=case.id, role=role, name=name, consents={}, invited_at=clock.now())
            db.session.add(one)
        one.relation = str(row.get("relation") or "").strip()[:120]
        one.phone = str(row.get("phone") or "").strip()[:40]
    for gone in known.values():
        leave(gone, "", by=by)
    db.session.flush()
    journal.record("people-invited", case_id=case.id, by=by, details={"people": len(wanted)})


def answer(one: Participant, party_id: str, said: str, *, by: User) -> None:
    """What a side says to somebody's coming: agree, refuse, open. A consent withdrawn later means: leaves the table."""
    before = one.consents.get(party_id)
    one.consents = {**one.consents, party_id: said}
    if before == said:
        return
    journal.record("participant-consent", case_id=one.case_id, by=by, subject=f"party:{party_id}",
                   details={"participant": one.id, "consent": said})  # fmt: skip
    if before == "agree" and said == "refuse":
        leave(one, "consent-withdrawn", by=by)


def leave(one: Participant, reason: str, *, by: User) -> None:
    """Somebody no longer comes to the table."""
    one.left_at, one.left_reason = one.left_at or clock.now(), reason[:300]
    journal.record("participant-left", case_id=one.case_id, by=by, details={"participant": one.id})


def of_this_case(case: Case, participant_id: int) -> Participant | None:
    query = select(Participant).where(Participant.id == participant_id, Participant.case_id == case.id)
    return db.session.scalar(query)


def party_of(case: Case, party_id: str | None) -> Party | None:
    """The standing party of this id."""
    return next((one for one in case.parties if str(one.id) == party_id and one.withdrawn_at is None), None)
