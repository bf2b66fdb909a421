"""What was answered in a step of the flow, as papers say it: choices by their names, days, people and agencies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from mediation import clock
from mediation.extensions import db
from mediation.models import Agency, Case, Party, Task
from mediation.releases import definition_of
from workflows.form_model import Field


@dataclass(frozen=True)
class Told:
    """The answers of one step; without a step everything is absent, so that a builder can ask for what it likes."""

    task: Task | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.task is not None

    @property
    def form(self) -> str:
        """The form of the step; "" without one."""
        return self.task.form_id if self.task else ""

    def text(self, key: str, longest: int = 2000) -> str:
        """What was typed, at most so many characters; "" for nothing."""
        value = self.answers.get(key)
        return "" if value is None else str(value).strip()[:longest]

    def yes(self, key: str) -> bool:
        return self.answers.get(key) in (True, "yes")

    def name(self, key: str) -> str:
        """The chosen option as the form calls it, in the language of the release."""
        return "、".join(self.names(key))

    def names(self, key: str) -> list[str]:
        """The chosen options as the form calls them, in its order."""
        value = self.answers.get(key) or []
        chosen = [value] if isinstance(value, str) else list(value)
        labels = {option.value: option.label for option in self._options(key)}
        return [label for option, label in labels.items() if option in chosen] or [str(one) for one in chosen]

    def day(self, key: str) -> str | None:
        """A day as ISO text, whether a day or a moment was asked for."""
        at = _moment(self.answers.get(key))
        return at.date().isoformat() if isinstance(at, datetime) else at.isoformat() if at else None

    def moment(self, key: str) -> str | None:
        """A moment by the clock on the wall; a day alone begins at midnight."""
        at = _moment(self.answers.get(key))
        if at is None:
            return None
        return at.strftime("%Y-%m-%dT%H:%M") if isinstance(at, datetime) else f"{at.isoformat()}T00:00"

    def money(self, key: str) -> str | None:
        value = self.answers.get(key)
        return None if value in (None, "") else f"{Decimal(str(value)):.2f}"

    def number(self, key: str) -> int | None:
        value = self.answers.get(key)
        return None if value in (None, "") else int(Decimal(str(value)))

    def rows(self, key: str) -> list[Mapping[str, Any]]:
        return [row for row in self.answers.get(key) or [] if isinstance(row, Mapping)]

    def party(self, key: str, case: Case) -> Party | None:
        """The party of the case that was chosen."""
        value = str(self.answers.get(key) or "")
        return next((one for one in case.parties if str(one.id) == value and one.withdrawn_at is None), None)

    def agency(self, key: str) -> Agency | None:
        """The agency that was chosen by its key."""
        value = self.answers.get(key)
        return db.session.scalar(select(Agency).where(Agency.key == value)) if isinstance(value, str) else None

    @property
    def house(self) -> Agency | None:
        """Whose step it was."""
        return db.session.get(Agency, self.task.pool.agency_id) if self.task else None

    def _options(self, key: str) -> Iterable[Any]:
        form = definition_of(self.task.process.release_hash).forms.get(self.task.form_id) if self.task else None
        found = next((one for one in _all(form.fields) if one.path == key), None) if form else None
        return found.options if found else ()


def told(case: Case, *forms: str) -> Told:
    """The answers of the case's latest finished step with one of these forms."""
    query = select(Task).where(Task.case_id == case.id, Task.form_id.in_(forms), Task.status == "done")
    task = db.session.scalar(query.options(undefer(Task.answers)).order_by(Task.done_at.desc(), Task.id).limit(1))
    return Told(task, task.answers or {}) if task else Told()


def _all(fields: Iterable[Field]) -> Iterable[Field]:
    for one in fields:
        yield one
        yield from _all(one.fields)


def _moment(value: Any) -> date | datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value) if "T" in value or " " in value else date.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime) and value.tzinfo is not None:
        return clock.local(value)
    return value if isinstance(value, date) else None
