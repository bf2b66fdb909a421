"""The plain things that cross the floor between engine room and case manager: no behaviour, no SpiffWorkflow."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal


@dataclass(frozen=True)
class Problem:
    """What lint found: where (file, element, line), a stable code, and a sentence that says what to draw instead."""

    code: str
    message: str
    file: str = ""
    element_id: str = ""
    line: int = 0
    severity: Literal["error", "warning"] = "error"
    # What was filled into the sentence, so that it can be said in another language.
    details: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Bundle:
    """The files of one release: path relative to `bpmn/` or below `documents/` -> content.

    Paths look like `intake.bpmn`, `decisions/triage.dmn`, `forms/consent.form`, `roles.json`, `i18n/en.json`,
    `documents/kinds/agreement.json`, `documents/layouts/agreement.html`.
    """

    files: Mapping[str, bytes]

    @cached_property
    def hash(self) -> str:
        """SHA-256 over the sorted paths and contents: the identity of a release."""
        digest = hashlib.sha256()
        for path in sorted(self.files):
            content = self.files[path]
            digest.update(f"{len(path.encode())}:{len(content)}:".encode() + path.encode() + content)
        return digest.hexdigest()


@dataclass(frozen=True)
class Environment:
    """What a step may see of the world: the moment, the read-only `case`, and extra FEEL functions.

    `case` may load its parts lazily; it is asked only for what an expression names.
    """

    now: datetime
    case: Mapping[str, Any] = field(default_factory=dict)
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenTask:
    """A user task that waits for a person."""

    id: str
    element_id: str
    process_id: str
    name: str
    role: str
    form_id: str
    entered_at: datetime
    due_at: datetime | None = None
    group: str | None = None
    assignee: str | None = None
    ground: str = ""
    bind: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    scope: tuple[str, ...] = ()
    index: int | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    # The finished user task that this one can be sent back to; None where no single line led here.
    previous: str | None = None


@dataclass(frozen=True)
class WaitingEvent:
    """An event that the process waits for: a timer with its due moment, or a message by name."""

    id: str
    element_id: str
    process_id: str
    kind: Literal["timer", "message", "signal"]
    name: str
    due_at: datetime | None = None
    attached_to: str | None = None
    scope: tuple[str, ...] = ()


@dataclass(frozen=True)
class EffectCall:
    """An effect that the flow asked for: a registered name with the evaluated arguments of its task headers."""

    name: str
    arguments: Mapping[str, Any]
    element_id: str
    process_id: str


@dataclass(frozen=True)
class LogLine:
    """One element that the step passed, for the diagram and the timeline."""

    element_id: str
    process_id: str
    kind: str
    event: Literal["entered", "completed", "cancelled"]


@dataclass(frozen=True)
class StepResult:
    """All that one command made of a state. `status` is running, completed or cancelled."""

    state: bytes
    status: Literal["running", "completed", "cancelled"]
    tasks: tuple[OpenTask, ...] = ()
    waiting: tuple[WaitingEvent, ...] = ()
    effects: tuple[EffectCall, ...] = ()
    log: tuple[LogLine, ...] = ()


class EngineError(Exception):
    """A step that cannot be taken. Nothing of it may be saved; the caller records an incident or tells the person."""

    def __init__(self, code: str, message: str, element_id: str = "", process_id: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.element_id = element_id
        self.process_id = process_id
