"""Why is this mine, why now, what happens then: answered from the flow and from what happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from flask_babel import gettext as _

from mediation import access, words
from mediation.cases.flow_words import element_name, task_text
from mediation.extensions import db
from mediation.models import Pool, Task, User
from mediation.releases import definition_of
from mediation.requests import language
from mediation.roles import role_name
from workflows.diagram import Element, ProcessModel

# Where a case comes to rest after a step; everything between happens by itself.
RESTS = frozenset({"userTask", "callActivity", "intermediateCatchEvent", "receiveTask", "subProcess", "endEvent"})
MOST_PATHS = 6


@dataclass(frozen=True)
class Next:
    """One way on: under which condition (or always), to which step, and whose step that is."""

    condition: str
    step: str
    role: str
    ends: bool


@dataclass(frozen=True)
class Explanation:
    """Sentences for the page."""

    why_mine: tuple[str, ...]
    why_now: tuple[str, ...]
    ways: tuple[Next, ...]
    ground: str
    overdue: str
    next_label: str


def explain(task: Task, user: User) -> Explanation:
    """Everything that the page says about a task's place in the flow."""
    release_hash = task.process.release_hash
    return Explanation(
        tuple(_why_mine(task, user)), tuple(_why_now(task, release_hash)),
        following(release_hash, task.process_key, task.element_id, language()),
        task_text(task, release_hash, "ground"), task_text(task, release_hash, "overdue"), next_label(task),
    )  # fmt: skip


def next_label(task: Task) -> str:
    """What the button says: what happens next, in the flow's own words."""
    return task_text(task, task.process.release_hash, "next") or _("Submit")


def pool_words(pool: Pool) -> str:
    """Role and agency, as people say it."""
    return f"{role_name(pool.role)} · {words.named(pool.agency)}"


def _why_mine(task: Task, user: User) -> Iterator[str]:
    pool = pool_words(task.pool)
    if task.claimed_by_id is None:
        yield _("The flow offers this step to: %(pool)s. Whoever of them claims it does it.", pool=pool)
        return
    if task.claimed_by_id == user.id:
        yield _how_it_came(task)
    else:
        yield _("%(name)s holds this step.", name=words.named(task.claimed_by))
        if task.claimed_by_id in access.acts_for(user):
            yield _("%(name)s is away and you stand in.", name=words.named(task.claimed_by))
    yield _("It belongs to: %(pool)s.", pool=pool)


def _how_it_came(task: Task) -> str:
    if task.claimed_at is None:
        return _("The flow gave this step to you.")
    return _("You have held it since %(moment)s.", moment=words.moment(task.claimed_at))


def _why_now(task: Task, release_hash: str) -> Iterator[str]:
    before = db.session.get(Task, task.after_task_id) if task.after_task_id else None
    entered = words.moment(task.entered_at)
    if before is not None and before.done_by is not None:
        yield _(
            "It was reached on %(moment)s, after %(name)s had finished: %(step)s.",
            moment=entered, name=words.named(before.done_by), step=task_text(before, release_hash, "name"),
        )  # fmt: skip
    else:
        yield _("It was reached on %(moment)s: the case began, a date had come or a message arrived.", moment=entered)
    if task.returned_note:
        yield _("It came with a note: %(note)s", note=task.returned_note)


# --- the ways on --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=2048)
def following(release_hash: str, process_key: str, element_id: str, lang: str) -> tuple[Next, ...]:
    """Where the case can go after a step, each way once, as drawn. `lang` only keeps the languages apart."""
    model = definition_of(release_hash).processes.get(process_key)
    if model is None or element_id not in model.elements:
        return ()
    found = dict.fromkeys(_ways(release_hash, model, model.elements[element_id], "", frozenset()))
    return tuple(found)[:MOST_PATHS]


def _ways(
    release_hash: str, model: ProcessModel, element: Element, condition: str, seen: frozenset[str]
) -> Iterator[Next]:
    for flow_id in element.outgoing:
        line = model.flows[flow_id]
        named = element_name_of_flow(release_hash, model, flow_id, line.name)
        here = " · ".join(part for part in (condition, named) if part)
        target = model.elements[line.target]
        if target.kind in RESTS:
            yield _rest(release_hash, model, target, here)
        elif target.id not in seen:
            yield from _ways(release_hash, model, target, here, seen | {target.id})


def element_name_of_flow(release_hash: str, model: ProcessModel, flow_id: str, name: str) -> str:
    """A flow's condition in words; a flow without a name says nothing."""
    if not name:
        return ""
    told = element_name(release_hash, model.id, flow_id)
    return name if told == flow_id else told


def _rest(release_hash: str, model: ProcessModel, target: Element, condition: str) -> Next:
    name = element_name(release_hash, model.id, target.id) if target.name else ""
    role = definition_of(release_hash).roles.find(model.lanes.get(target.id, "")) if target.kind == "userTask" else None
    return Next(condition, name, role_name(role) if role else "", target.kind == "endEvent")
