"""The option lists that forms of tasks may name: those of the cases, and the obligations of the agreement."""

from __future__ import annotations

from mediation import words
from mediation.case_view import current_agreement
from mediation.cases.options import OPTIONS
from mediation.forms import OPTION_LISTS, options
from mediation.models import Case, Task

for _name, _provider in OPTIONS.items():
    OPTION_LISTS.setdefault(_name, _provider)


@options("obligations")
def obligations(case: Case, task: Task | None) -> list[tuple[str, str]]:
    """What the agreement still obliges somebody to, the earliest first: open ones and those in default; where payments are
    checked, also what a change has put aside and was paid before it."""
    agreement, checks = current_agreement(case.id), task is not None and task.bind == "performance"
    rows = agreement.obligations if agreement else []
    owed = [one for one in rows if one.status in ("open", "defaulted") or (checks and one.to_be_booked)]
    return [(str(one.id), f"{words.day(one.due_on)} · {_what(one)}") for one in owed]


def _what(one: object) -> str:
    amount = getattr(one, "amount", None)
    what = getattr(one, "what", "")
    return f"{what} {words.money(amount)}" if amount is not None else what
