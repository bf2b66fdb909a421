"""What the flow of a risk causes: the level by the table, and who stands down when it is lower."""

from __future__ import annotations

from sqlalchemy import select

from mediation import clock, codes, journal
from mediation.effects import Occasion, effect
from mediation.extensions import db
from mediation.models import CrisisMember
from mediation.notices.operations import tell_user
from mediation.risk.levels import grade, higher
from workflows.model import EngineError


@effect("grade-risk", required=("level",))
def _grade_risk(occasion: Occasion, *, level: str) -> None:
    """The level that the table gives; it raises the case's, and never lowers it."""
    case = occasion.case
    if level not in codes.table("risks"):
        raise EngineError("unknown-risk", f"no level is called {level!r}", occasion.element_id, occasion.process.key)
    case.risk = higher(level, case.risk)
    journal.record("risk-raised", case_id=case.id, by=occasion.by, actor="" if occasion.by else "flow",
                   details={"risk": case.risk, "by_table": level})  # fmt: skip


@effect("stand-down")
def _stand_down(occasion: Occasion) -> None:
    """Members of this flow's team leave when the risk is down to the level that was agreed for each."""
    case = occasion.case
    query = select(CrisisMember).where(
        CrisisMember.process_id == occasion.process.id, CrisisMember.stood_down_at.is_(None)
    )
    leaving = [
        one for one in db.session.scalars(query.order_by(CrisisMember.id)) if grade(case.risk) <= grade(one.until)
    ]
    for member in leaving:
        member.stood_down_at = clock.now()
        tell_user(member.user_id, "crisis-over", case=case)
    if leaving:
        journal.record("crisis-team-left", case_id=case.id, by=occasion.by, actor="" if occasion.by else "flow",
                       details={"members": len(leaving), "risk": case.risk})  # fmt: skip
