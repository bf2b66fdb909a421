"""What the decision tables say: the suggestion of triage with its reasons, and the statutory clocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mediation import clock, codes
from mediation.case_view import is_minor
from mediation.cases import facts, flow_words
from mediation.functions import feel_functions
from mediation.mirror import variables_of
from mediation.models import Party, Task
from mediation.releases import current_release_hash, definition_of
from workflows import decision

DANGERS = frozenset({"weapon", "suicide", "mass"})


@dataclass(frozen=True)
class Suggestion:
    """What the table suggests; keys as the triage form knows them, reasons in the language of the page."""

    statistics_kind: str
    level: str
    risk: str
    route: str
    deadline_days: int
    clock: str = ""
    agency: str = ""  # which kind of agency, when it is handed to one
    reasons: tuple[str, ...] = ()
    # A kind that the words of the account point to, and the word that does.
    kind: tuple[str, str] | None = None


def suggest(answers: Mapping[str, Any]) -> Suggestion | None:
    """The suggestion for a dispute that is being typed; None while too little is known or the table cannot decide.

    `answers` as `facts.write_case` takes them, with `parties` and `signs`.
    """
    release = current_release_hash()
    text = f"{answers.get('summary') or ''} {answers.get('claims') or ''}"
    betrayed = codes.kind_betrayed_by(text)
    kind = str(answers.get("kind") or "") or (betrayed[0] if betrayed else "")
    if not kind:
        return None
    try:
        decided = decision.decide(
            definition_of(release).decisions["triage"], "triage", _context(answers, kind), now=clock.now(),
            functions=feel_functions(),
        )  # fmt: skip
    except (decision.DecisionError, KeyError):
        return None  # a table that is being changed must not stop anybody from registering
    return _suggestion(decided, release, betrayed)


def _context(answers: Mapping[str, Any], kind: str) -> dict[str, Any]:
    signs = set(answers.get("signs") or ())
    violent = bool(answers.get("domestic_violence")) or "violence" in signs
    parties = answers.get("parties") or []
    young = any(_is_young(entry.get("birth_date")) for entry in parties)
    case = {
        "kind": kind, "amount": facts.money(answers.get("amount")), "source": answers.get("source") or "window",
        "domestic_violence": bool(answers.get("domestic_violence")) or kind == "0104", "minors": young,
    }  # fmt: skip
    people = int(answers.get("people_count") or len(parties) or 2)
    return {"people_count": people, "violence": violent, "danger": bool(signs & DANGERS), "case": case}


def _is_young(born: Any) -> bool:
    try:
        return is_minor(Party(birth_date=facts.day(born)))
    except ValueError:
        return False


def _suggestion(decided: Any, release: str, betrayed: tuple[str, str] | None) -> Suggestion | None:
    if not isinstance(decided, Mapping) or not decided.get("route"):
        return None
    reasons = tuple(
        dict.fromkeys(flow_words.value_name(release, "triage", str(reason)) for reason in decided.get("reasons") or ())
    )
    return Suggestion(
        statistics_kind=str(decided.get("statistics_kind") or ""), level=str(decided.get("level") or ""),
        risk=str(decided.get("risk") or ""), route=str(decided["route"]),
        deadline_days=int(decided.get("deadline_days") or 0), clock=str(decided.get("clock") or ""),
        agency=str(decided.get("agency") or ""), reasons=reasons, kind=betrayed,
    )  # fmt: skip


def suggestion_of(task: Task) -> Suggestion | None:
    """What the flow's own decision said before this triage task; None when the task is no longer open in the engine."""
    decided = variables_of(task).get("suggestion")
    return _suggestion(decided, task.process.release_hash, None)
