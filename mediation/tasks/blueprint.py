"""The blueprint that the pages of tasks share, and the words that their templates use."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from mediation import clock, codes
from mediation.agreements import checking
from mediation.cases.flow_words import task_text
from mediation.models import Paper, Task
from mediation.papers.operations import layouts_of
from mediation.requests import language

bp = Blueprint("tasks", __name__)


def step_of(task: Task) -> str:
    """What the step is called in the language of the page."""
    return task_text(task, task.process.release_hash, "name") if language() == "en" else task.name


def paper_name(paper: Paper) -> str:
    """What a paper is called in the language of the page."""
    return layouts_of(paper.release_hash).kind(paper.kind).name[language()]


@bp.context_processor
def _words() -> dict[str, Any]:
    return {"step_of": step_of, "paper_name": paper_name, "codes": codes, "now": clock.now, "say": checking.say}
