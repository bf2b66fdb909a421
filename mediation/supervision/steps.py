"""What the flow of a supervision order fills, what other flows may order, and the paper of the order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select

from mediation import clock, journal
from mediation.cases import facts
from mediation.cases.flow_words import drawn_name, ordered_step, ordered_words
from mediation.effects import AnswersRefused, Occasion, applies, effect, prefills, undoes
from mediation.extensions import db
from mediation.models import Agency, SupervisionOrder, Task, User, WarningTold
from mediation.papers import pieces
from mediation.supervision import operations
from mediation.supervision.operations import Addressed

# What a flow writes where nobody does: in the language of papers, whoever caused it.
_NOT_DONE, _DEMANDS = "“{step}”逾期未办结", "说明未按期办结的原因、已采取的措施和办结日期"


@effect("order-supervision", required=("step",), agency=None, reason=None)
def _order_supervision(occasion: Occasion, *, step: str, agency: str | None = None, reason: str | None = None) -> None:
    """A supervision order for a step that was not done in time: to the named agency, else to whoever holds the step.

    `step` is an element of the flow, whose name is written, or words.
    """
    case, task = occasion.case, _late_task(occasion, str(step), agency)
    name = drawn_name(occasion.process.release_hash, occasion.flow_key, str(step))
    if agency:
        house = db.session.scalars(select(Agency).where(Agency.key == str(agency))).one()
        to = Addressed(house, task.claimed_by) if task and task.claimed_by else operations.answerable(case, house)
    else:
        to = operations.addressed(task) if task else operations.answerable(case, case.agency)
    operations.order(
        case, name, to, reason=str(reason or _NOT_DONE.format(step=name)), demands=_DEMANDS,
        answer_due=operations.usual_answer_due(case), task=task, by=None,
    )  # fmt: skip


def _late_task(occasion: Occasion, step: str, agency: str | None) -> Task | None:
    """This step, else the one of the flow that has waited longest; in the agency if one is named."""
    query = select(Task).where(Task.process_id == occasion.process.id, Task.status == "open")
    listed = db.session.scalars(query.order_by(Task.due_at.nulls_last(), Task.entered_at, Task.id)).all()
    keys = {one.pool_id: db.session.get_one(Agency, one.pool.agency_id).key for one in listed}
    theirs = [one for one in listed if not agency or keys[one.pool_id] == agency]
    named = (one for one in theirs if (one.process_key, one.element_id) == (occasion.flow_key, step))
    return next(named, theirs[0] if theirs else None)


@applies("supervision-answer")
def _apply_answer(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """The answer of whoever the order went to; late or not is seen from its moment."""
    row = operations.order_of(task)
    done, measures = str(answers.get("situation") or ""), str(answers.get("measures") or "")
    row.answer, row.answered_at, row.answered_by_id = f"{done}\n{measures}".strip(), clock.now(), by.id
    late = clock.today() > row.answer_due
    journal.record("supervision-answered", case_id=task.case_id, by=by, subject=str(row.id), details={"late": late})


@prefills("supervision-answer")
def _prefill_answer(task: Task, _user: User) -> dict[str, Any]:
    row = operations.order_of(task)
    return {
        "step": ordered_step(row), "reason": _reason(row), "demands": _demands(row), "review_note": row.review or None,
    }  # fmt: skip


def _reason(row: SupervisionOrder) -> str:
    """As it was written, or in the reader's language where the flow wrote it."""
    if row.reason != _NOT_DONE.format(step=row.step):
        return ordered_words(row, row.reason)
    return _("“%(step)s” was not done in time", step=ordered_step(row))


def _demands(row: SupervisionOrder) -> str:
    if row.demands != _DEMANDS:
        return row.demands
    return _("Say why it was not done in time, what has been done since, and by when it will be done")


@undoes("supervision-answer")
def _undo_answer(task: Task) -> None:
    row = operations.order_of(task)
    row.answer, row.answered_at, row.answered_by_id = "", None, None


@applies("supervision-review")
def _apply_review(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """Accepted the order is closed; not accepted it is answered again by another day."""
    row = operations.order_of(task)
    row.review, row.reviewed_at, row.reviewed_by_id = str(answers.get("note") or ""), clock.now(), by.id
    if answers.get("review") == "accepted":
        row.closed_at = clock.now()
    else:
        wanted = facts.day(answers.get("answer_again_by"))
        if wanted is None or wanted < clock.today():
            raise AnswersRefused({"answer_again_by": _("Choose today or a later day.")})
        row.answer_due, row.rounds, row.answered_at = wanted, row.rounds + 1, None
        db.session.execute(delete(WarningTold).where(WarningTold.subject == f"order:{row.id}"))
    journal.record("supervision-reviewed", case_id=task.case_id, by=by, subject=str(row.id),
                   details={"review": answers.get("review")})  # fmt: skip


@prefills("supervision-review")
def _prefill_review(task: Task, _user: User) -> dict[str, Any]:
    row = operations.order_of(task)
    late = row.answered_at is not None and clock.local(row.answered_at).date() > row.answer_due
    return {
        "step": ordered_step(row), "demands": _demands(row), "answer": row.answer,
        "in_time": _("answered late") if late else _("answered in time"),
        "answer_again_by": operations.usual_answer_due(task.case),
    }  # fmt: skip


@undoes("supervision-review")
def _undo_review(task: Task) -> None:
    row = operations.order_of(task)
    row.closed_at, row.reviewed_at, row.review = None, None, ""


@pieces.builds("supervision_order")
def _paper(occasion: pieces.Occasion) -> dict[str, Any]:
    """The order on paper, from its row."""
    row = db.session.get_one(SupervisionOrder, occasion.subject_id or 0)
    return pieces.full({
        "body": pieces.agency_facts(row.case.agency), "number": row.number, "date": pieces.iso(clock.local(row.ordered_at).date()),
        "to": row.agency.name, "person": row.person.name if row.person else None, "case_code": row.case.code,
        "matter": row.case.title[:120], "step": row.step, "reason": row.reason, "demands": row.demands,
        "answer_by": pieces.iso(row.answer_due), "ordered_by": row.ordered_by.name if row.ordered_by else None,
        "contact": pieces.contact_of(row.case),
    })  # fmt: skip
