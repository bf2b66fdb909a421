"""Forgets what is finished, so that an old case steps as fast as a new one, and keeps what a step back needs.

What stays: every token that still stands somewhere, the start of each running process, the pairing of an activity with
its boundary events, and for each standing token the finished user task that led to it (`led_here`). The task rows of
the case manager keep the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.util.task import TaskState

from workflows.spiff_activities import UserTask
from workflows.spiff_gateways import EventGateway
from workflows.spiff_specs import Attachment
from workflows.spiff_tree import Called, Case, Scope, Token


def prune(case: Case) -> None:
    """Drop finished tokens and processes of a case, in place."""
    anchors = _anchors(case)
    needed = _with_hosts(anchors)
    for called in reversed(list(case.subprocesses.values())):
        if called.completed and called.host.id not in needed:
            _forget(called)
    for scope in case.scopes():
        _sweep(scope, needed)
    _forget_changes(case, needed)


def led_here(token: Token) -> Token | None:
    """The finished user task from which a single line leads to this token; None after a join, a boundary event or a
    multi-instance activity, and when the token's process began with no user task before it."""
    current = token
    while "cut" not in current.internal_data:
        above = _above(current)
        if above is None:
            return None
        if _is_done_by_person(above):
            return above
        inside = _finished_inside(current, above)
        current = inside.last_task if inside is not None and inside.last_task is not None else above
    return None


def _above(token: Token) -> Token | None:
    """The token before this one, across the border of a called process."""
    if token.parent is not None:
        return token.parent
    return token.workflow.host if isinstance(token.workflow, Called) else None


def _finished_inside(token: Token, above: Token) -> Called | None:
    """The finished call that lies between a token and the one before it, unless the token itself is in there."""
    if above.workflow is not token.workflow or above._state != TaskState.COMPLETED:
        return None
    return above.inner()


def _is_done_by_person(token: Token) -> bool:
    return token._state == TaskState.COMPLETED and isinstance(token.task_spec, UserTask)


def _anchors(case: Case) -> dict[str, Token]:
    """The finished user tasks that some standing token can be sent back to.

    A task after which another person has already finished something, on whatever branch, is none: that work is not
    undone. Tokens that would lead there are cut off from it.
    """
    overtaken = {above.id for done in case.tokens() if _is_done_by_person(done) for above in _all_above(done)}
    anchors: dict[str, Token] = {}
    for token in case.tokens():
        found = led_here(token) if token.unfinished else None
        if found is None:
            continue
        if found.id in overtaken:
            token.internal_data["cut"] = True
        else:
            anchors[found.id] = found
    return anchors


def _all_above(token: Token) -> Iterator[Token]:
    """All that lies before a token, and inside finished calls before it."""
    above = _above(token)
    while above is not None:
        yield above
        inside = _finished_inside(token, above)
        if inside is not None:
            yield from _everything(inside)
        token, above = above, _above(above)


def _everything(called: Called) -> Iterator[Token]:
    for token in called.tasks.values():
        yield token
        inside = token.inner()
        if inside is not None:
            yield from _everything(inside)


def _with_hosts(anchors: dict[str, Token]) -> set[str]:
    """The anchors, and where they lie inside finished calls, those calls and their ends."""
    needed = set(anchors)
    for token in anchors.values():
        scope = token.workflow
        while isinstance(scope, Called):
            needed.add(scope.host.id)
            if scope.completed and scope.last_task is not None:
                needed.add(scope.last_task.id)
            scope = scope.host.workflow
    return needed


def _forget(called: Called) -> None:
    """Drop a finished process; where no single line led through it, none leads through its call any more."""
    host = called.host
    if called.last_task is not None and _cut_inside(called):
        host.internal_data["cut"] = True
    if called.spec.embedded and not called.isolated:
        earlier: dict[str, Any] = {}
        for token in called.tasks.values():
            earlier = {**token.internal_data.get("before", {}), **earlier}
        if earlier:
            host.internal_data["before"] = {**host.internal_data.get("before", {}), **earlier}
    del called.top_workflow.subprocesses[host.id]


def _cut_inside(called: Called) -> bool:
    token: Token | None = called.last_task
    while token is not None:
        if "cut" in token.internal_data:
            return True
        token = token.parent
    return False


def _sweep(scope: Scope, needed: set[str]) -> None:
    for token in reversed(list(scope.tasks.values())):
        parent = token.parent
        if parent is None or token.unfinished or token.id in needed:
            continue
        if token._children and _pairs(token):
            continue
        _hand_up(token, parent)
        _splice(scope, token, parent)


def _pairs(token: Token) -> bool:
    """Whether the token holds together elements that still wait for each other."""
    if not isinstance(token.task_spec, Attachment | EventGateway):
        return False
    return any(child.unfinished and child.task_spec.name in token.task_spec._outputs for child in token.children)


def _splice(scope: Scope, token: Token, parent: Token) -> None:
    """Take a token out of its line; what follows it follows its parent."""
    at = parent._children.index(token.id)
    parent._children[at : at + 1] = token._children
    for child in token.children:
        child._parent = parent.id
        if "cut" in token.internal_data:
            child.internal_data["cut"] = True
    del scope.tasks[token.id]


def _hand_up(token: Token, parent: Token) -> None:
    """Let the parent remember what variables were before the token changed them; the older memory wins."""
    before: dict[str, Any] = token.internal_data.get("before", {})
    if before:
        parent.internal_data["before"] = {**before, **parent.internal_data.get("before", {})}


def _forget_changes(case: Case, needed: set[str]) -> None:
    """Earlier values of variables are kept only from a task on that a step back can reach."""
    for token in case.tokens():
        if "before" not in token.internal_data or token.id in needed:
            continue
        if not any(above.id in needed for above in _all_above(token)):
            del token.internal_data["before"]


