"""What the flow of a risk causes: the level by the table, and who stands down when it is lower."""

from __future__ import annotations

from mediation import codes, journal
from mediation.effects import Occasion, effect, watches
from mediation.models import Process, User
from mediation.risk import leaving
from mediation.risk.levels import higher
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
    leaving.at_level(occasion.process, by=occasion.by)


@watches("process-ended")
def _process_ended(process: Process, by: User | None) -> None:
    """Nobody stands by a danger that is over, however its flow came to its end."""
    leaving.at_end(process, by=by)
