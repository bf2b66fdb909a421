"""A medical dispute is heard in public only when both sides have agreed in writing (医疗纠纷预防和处理条例 42)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from mediation import clock
from mediation.effects import BINDINGS, AnswersRefused
from mediation.extensions import command, db
from mediation.models import Case, Meeting, Task
from tests.house import House
from tests.mediation.cases.disputes import register


def call(task: Task, house: House) -> None:
    """Call a meeting that is open to the public."""
    starts_at: datetime = clock.now() + timedelta(days=3)
    answers: dict[str, Any] = {
        "starts_at": starts_at,
        "place": "调解室",
        "mode": "room",
        "separate": "no",
        "open_to_public": "yes",
    }
    apply = BINDINGS["meeting"].apply
    assert apply is not None
    with command():
        apply(task, answers, house.users["mediator"])


def test_both_sides_have_to_agree_before_the_public_is_let_in(house: House) -> None:
    case = register(house, kind="0502").case
    task = db.session.query(Task).filter_by(case_id=case.id, status="open").first()
    assert task is not None
    with pytest.raises(AnswersRefused) as refused:
        call(task, house)
    assert "open_to_public" in refused.value.errors
    publicity = BINDINGS["publicity"].apply
    assert publicity is not None
    with command():
        publicity(db.session.get_one(Task, task.id), {"publicity": "both"}, house.users["mediator"])
    assert db.session.get_one(Case, case.id).publicity_agreed
    call(db.session.get_one(Task, task.id), house)
    assert db.session.query(Meeting).one().open_to_public
