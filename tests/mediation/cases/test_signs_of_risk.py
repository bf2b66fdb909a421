"""Signs of risk, ticked at the window, weigh in the triage that the flow suggests."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from mediation.effects import BINDINGS
from mediation.extensions import db
from mediation.models import Task
from tests.journeys import steps
from tests.journeys.table import Table


def test_a_weapon_makes_the_case_red(app: Any, sign_in: Any) -> None:
    table = Table(app, sign_in)
    steps.register(table, {**steps.LEAK, "signs": ["weapon"]})
    table.does("clerk", "examine", materials_complete="yes", identity_checked=True, exclusion="none", conclusion="admit")
    task = db.session.scalars(select(Task).where(Task.element_id == "confirm_triage")).one()
    known = BINDINGS["triage"].prefill(task, table.person("dispatcher").user)
    assert known["risk"] == "red"
