"""What the steps of a follow-up that was opened again fill: the alarm as it was checked, the visit, the new dispute."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from mediation import clock, journal
from mediation.cases import links
from mediation.cases.operations import Refused
from mediation.effects import AnswersRefused, Occasion, applies, effect, prefills
from mediation.extensions import db
from mediation.models import Alarm, Task, User, Visit

# What the field of the form takes: a party may have written more.
LONGEST = 2000


@prefills("reopened-check")
def _prefill_check(task: Task, _user: User) -> dict[str, Any]:
    """What has come in since the last check was handed in."""
    query = select(Alarm).where(Alarm.case_id == task.case_id).order_by(Alarm.id.desc()).limit(3)
    latest = list(db.session.scalars(query))
    if not latest:
        return {}
    told = "\n".join(dict.fromkeys(row.text for row in reversed(latest)))
    return {"source": latest[0].source, "alarm": told[:LONGEST]}


@applies("reopened-check", private=("alarm",))
def _apply_check(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """What somebody wrote down who opened the follow-up by hand is kept as an alarm like any other."""
    if answers.get("decision") == "visit" and (answers.get("visit_on") or date.min) < clock.today():
        raise AnswersRefused({"visit_on": _("This day has passed.")})
    text = str(answers.get("alarm") or "").strip()
    known = {str(_prefill_check(task, by).get("alarm") or "")}
    if text not in known:
        db.session.add(Alarm(case_id=task.case_id, source=str(answers.get("source") or "other"), text=text,
                             by_id=by.id, at=clock.now()))  # fmt: skip
    journal.record("alarm-checked", case_id=task.case_id, by=by, details={"decision": answers.get("decision")})


@applies("diverted-call")
def _apply_call(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """A call to the police or the hotline about a case that is closed opens its follow-up again."""
    if task.case.closed_at is not None and task.case.voided_at is None:
        source = "police" if answers.get("direction") == "to_centre" else "hotline"
        links.raise_alarm(task.case, source, str(answers.get("matter") or ""), by=by)


@effect("plan-visit", required=("on",))
def _plan_visit(occasion: Occasion, *, on: date | str) -> None:
    """One more visit by this day, beside what was planned and done before."""
    case_id = occasion.case.id
    due = on.date() if isinstance(on, datetime) else date.fromisoformat(on[:10]) if isinstance(on, str) else on
    last = db.session.scalar(select(func.max(Visit.ordinal)).where(Visit.case_id == case_id)) or 0
    db.session.add(Visit(case_id=case_id, ordinal=last + 1, due_on=due))
    db.session.flush()


@prefills("reopened-new")
def _prefill_new(task: Task, user: User) -> dict[str, Any]:
    """The dispute whose registration raised the alarm is the one to join, and is joined as the registrar said."""
    query = select(Alarm).where(Alarm.case_id == task.case_id, Alarm.about_id.is_not(None)).order_by(Alarm.id.desc())
    latest = db.session.scalar(query.limit(1))
    joined = latest.about if latest is not None else None
    row = next((one for one in links.links_of(task.case) if joined is not None and joined.id in (one.case_id, one.other_id)), None)
    if joined is None or row is None or links.readable_case(user, joined.code) is None:
        return {}
    return {"number": joined.number or joined.code, "reason": row.reason}


@applies("reopened-new")
def _apply_new(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """The new dispute that was registered is joined to the closed one."""
    found = links.readable_case(by, str(answers.get("number") or ""))
    if found is None:
        raise AnswersRefused({"number": _("No case that you may read has this number.")})
    try:
        links.join(found, task.case, "repeat", str(answers.get("reason") or ""), by=by)
    except Refused as refused:
        raise AnswersRefused({"number": str(refused)}) from refused
