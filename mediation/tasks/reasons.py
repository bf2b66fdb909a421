"""A draft asks for the reasons of what is red while it is being written, not only when it is handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from documents.agreement.checker import Finding
from mediation.agreements import changes, checking
from mediation.case_view import current_agreement
from mediation.forms import AnswerForm
from mediation.models import Task, User
from mediation.tasks import asking

CHANGE = "agreement-change"
DRAFTING = ("agreement", "oral-agreement", CHANGE)
# The button under the findings that opens the fields for the reasons.
ASKED = "_reasons"


def look(task: Task, answers: Mapping[str, Any]) -> list[Finding]:
    """What the checker finds in what is typed so far."""
    agreement = current_agreement(task.case_id) if task.bind == CHANGE else None
    return changes.look(task.case, agreement, answers) if agreement else checking.look(task.case, answers)


def begun(form: AnswerForm, task: Task, user: User) -> bool:
    """Whether this sheet says more than the program wrote on it itself; a draft that was handed in once has begun."""
    return current_agreement(task.case_id) is not None or _lines(form) != _lines(asking.known_form(task, user))


def _lines(form: AnswerForm) -> list[tuple[str, list[str]]]:
    """What stands in a form; a browser ends the lines of a text in its own way."""
    return [(label, said.splitlines()) for label, said in form.told()]


def asks(sent: Mapping[str, str]) -> bool:
    """Whether a page that is drawn anew shows the reasons: the button was pressed, or they stand there already."""
    return ASKED in sent or any(name.startswith(f"{checking.REASONS}-") for name in sent)


def seat(form: AnswerForm, task: Task, typed: MultiDict[str, str]) -> None:
    """Give the form a field for each red finding of what is typed so far; the reasons written before stay in theirs."""
    if task.bind not in DRAFTING or checking.REASONS not in form:
        return
    # Another filling of the same answers is checked, so that this one shows no errors before it is handed in.
    probe = asking.typed_form(task, typed)
    removed = next((n for n, row in enumerate(probe["terms"]) if row.name == typed.get("_remove")), None)
    probe.check()
    written = probe.answers.get(checking.REASONS) or []
    if removed is not None:
        probe.redrawn(typed)
        probe.check()
    found = look(task, probe.answers)
    form.seat({checking.REASONS: checking.asked(found, written, removed=removed)})


def unasked(form: AnswerForm, found: Sequence[Finding]) -> bool:
    """Whether some red finding has no field for its reason on the page yet."""
    if checking.REASONS not in form:
        return False
    rows = form.answers.get(checking.REASONS) or []
    return bool({checking.name_of(one) for one in found if one.red} - {str(row.get("finding") or "") for row in rows})
