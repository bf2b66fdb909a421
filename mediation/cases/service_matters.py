"""Public-service matters: which proofs a matter needs, by the tables of the case's release; abolished ones are never asked."""

from __future__ import annotations

from sqlalchemy import select

from mediation import clock, codes
from mediation.extensions import db
from mediation.forms import options
from mediation.models import Case, Task
from mediation.releases import definition_of
from workflows import decision

PROCESS, FIRST, RULE = "service_matter", "hand_in", "service_rule"


@options("service_proofs")
def service_proofs(case: Case, _task: Task | None = None) -> list[tuple[str, str]]:
    """The proofs of the matter that was handed in, by key; none before it is known."""
    taken_in = select(Task).where(
        Task.case_id == case.id, Task.process_key == PROCESS, Task.element_id == FIRST, Task.status == "done"
    )
    done = db.session.scalar(taken_in.order_by(Task.done_at.desc()).limit(1))
    matter = (done.answers or {}).get("matter") if done is not None else None
    if not matter:
        return []
    rule = decision.decide(definition_of(case.release_hash).decisions[RULE], RULE, {"matter": matter}, now=clock.now())
    return [(str(key), codes.name("proofs", str(key))) for key in rule["proofs"]]
