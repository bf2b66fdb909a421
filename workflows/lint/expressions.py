"""Every FEEL expression of a flow: does it parse, does it name what exists, can its value be of use there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from workflows import feel
from workflows.diagram import SUBPROCESSES, Element, ProcessModel
from workflows.lint.release import Release, hint, listed
from workflows.lint.timers import EXAMPLES, WORDS, is_timer_text
from workflows.lint.variables import Variables, form_names
from workflows.model import Problem
from workflows.problems import problem

_NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
_PROGRAM = re.compile(
    r"__\w+__|\b(import|lambda|exec|eval|def|None|True|False|self|var|const|typeof|undefined)\b"
    r"|==|!==|&&|\|\||;|\w\.\w+\s*\(|\+=|=>|%"
)
_TYPENAME = re.compile(r'[{,]\s*"?typename"?\s*:|"typename"\s*[,)]')
_METHOD = re.compile(r"\w\.\w+\s*\(")
_TEMPLATE = re.compile(r"[$#]\{")
_DANGEROUS = re.compile(r"__\w+__|^(exec|eval|open|compile|getattr|setattr|globals|locals|system)$")
_SHORT = 90
MOST_ROUNDS = 50


@dataclass(frozen=True)
class Spot:
    """An expression and where it stands. `known` are the names that mean something anywhere in the process, `now`
    those that can have a value here; `wants` is the kind of value that is of use; `plain` allows text without `=`."""

    text: str
    part: str
    name: str
    file: str
    element_id: str
    line: int
    known: frozenset[str] = frozenset()
    now: frozenset[str] = frozenset()
    wants: str = ""
    plain: bool = False
    open: bool = False  # a message's payload may hold any name
    asked: frozenset[str] = frozenset()  # keys of the forms of the process, which are no variables by themselves

    def says(self, code: str, **details: object) -> Problem:
        """A finding here."""
        shown = self.text if len(self.text) <= _SHORT else self.text[:_SHORT] + "…"
        common = {"part": self.part, "name": self.name, "expression": shown}
        return problem(code, self.file, self.element_id, self.line, **{**common, **details})


def check(release: Release, process: ProcessModel) -> Iterator[Problem]:
    """All findings about the expressions of one process."""
    variables = Variables(release, process)
    for spot in spots(release, process, variables):
        yield from judge(release, spot)


def spots(release: Release, process: ProcessModel, variables: Variables) -> Iterator[Spot]:
    """Every expression of a process."""
    if condition := process.properties.get("if"):
        yield Spot(condition, "condition", process.name or process.id, process.file, process.id,
                   process.line, wants="boolean")  # fmt: skip
    used = [release.forms.get(one.form_id) for one in process.elements.values() if one.kind == "userTask"]
    asked = frozenset(key for form in used if form is not None for key in form.keys)
    for element in process.elements.values():
        here = replace(_here(process, element, variables), asked=asked)
        yield from _task_spots(element, here)
        yield from _loop_spots(element, here, variables)
        yield from _mapping_spots(release, element, here, variables)
        yield from _rule_spots(release, element, here)
        for event in element.events:
            if event.kind == "timer" and event.expression:
                yield replace(here, text=event.expression, part="timer", wants=event.timer, plain=True,
                              line=event.line or element.line)  # fmt: skip
    for flow in process.flows.values():
        source = process.elements.get(flow.source)
        if flow.condition and source is not None:
            here = replace(_here(process, source, variables), asked=asked)
            after = variables.at_exit(source)
            yield replace(here, text=flow.condition, part="condition", wants="boolean", element_id=flow.id,
                          line=flow.line, name=flow.name or flow.id, now=after)  # fmt: skip


def _here(process: ProcessModel, element: Element, variables: Variables) -> Spot:
    now = variables.before(element)
    return Spot("", "", element.label, process.file, element.id, element.line, variables.all | now, now)


def _task_spots(element: Element, here: Spot) -> Iterator[Spot]:
    if element.due_date:
        yield replace(here, text=element.due_date, part="due date", wants="due", plain=True)
    if element.follow_up_date:
        yield replace(here, text=element.follow_up_date, part="follow-up date", wants="due", plain=True)
    if element.assignee:
        yield replace(here, text=element.assignee, part="assignee", wants="string", plain=True)
    if element.candidate_groups:
        yield replace(here, text=element.candidate_groups, part="candidate group", wants="string", plain=True)
    if element.script:
        yield replace(here, text=element.script, part="script")
    for value in element.headers.values():
        if value.startswith("="):
            yield replace(here, text=value, part="header")


def _loop_spots(element: Element, here: Spot, variables: Variables) -> Iterator[Spot]:
    loop = element.loop
    if loop is None:
        return
    inside = variables.at_exit(element) | set(here.now)
    if loop.input_collection:
        yield replace(here, text=loop.input_collection, part="input collection", wants="list", line=loop.line)
    if loop.output_element:
        yield replace(here, text=loop.output_element, part="output element", line=loop.line, now=inside)
    if loop.completion_condition:
        yield replace(here, text=loop.completion_condition, part="completion condition", wants="boolean",
                      line=loop.line, now=inside)  # fmt: skip


def _mapping_spots(release: Release, element: Element, here: Spot, variables: Variables) -> Iterator[Spot]:
    inputs = {mapping.target for mapping in element.inputs}
    outside = here.now - inputs if element.kind not in ("callActivity", *SUBPROCESSES) else here.now
    for mapping in element.inputs:
        if mapping.source:
            now = frozenset(outside | (inputs & variables.inputs))
            yield replace(here, text=mapping.source, part="input mapping", line=mapping.line, plain=True,
                          known=variables.all | now, now=now)  # fmt: skip
    more = _results(release, element)
    for mapping in element.outputs:
        if mapping.source:
            now = variables.at_exit(element) | (more or frozenset())
            yield replace(here, text=mapping.source, part="output mapping", line=mapping.line, plain=True,
                          known=here.known | now, now=now, open=more is None)  # fmt: skip


def _results(release: Release, element: Element) -> frozenset[str] | None:
    """The names that only the output mappings of an element see; None when they cannot be known."""
    if element.kind == "userTask":
        form = release.forms.get(element.form_id)
        return form_names(form) if form is not None else None
    if element.kind == "callActivity":
        called = release.processes.get(element.called_process)
        return Variables(release, called).results() if called is not None else None
    if element.kind in ("receiveTask", "intermediateCatchEvent", "boundaryEvent"):
        return None
    if element.kind in ("scriptTask", "businessRuleTask"):
        return frozenset({element.result_variable} - {""})
    return frozenset()


def _rule_spots(release: Release, element: Element, here: Spot) -> Iterator[Spot]:
    """A decision reads its inputs by name, as if they stood in an expression."""
    model = release.decisions.get(element.called_decision)
    if element.kind == "businessRuleTask" and model is not None:
        for name in sorted(model.variables(element.called_decision)):
            if re.fullmatch(r"\w+(\.\w+)*", name):
                yield replace(here, text=f"={name}", part="decision", wants="")


def judge(release: Release, spot: Spot) -> Iterator[Problem]:
    """The findings about one expression."""
    text = spot.text.strip()
    if not text.startswith("="):
        if spot.plain:
            yield from _plain(spot, text)
            return
        if not _TEMPLATE.search(text):
            yield spot.says("equals-sign-missing")
    body = text.removeprefix("=").strip()
    if not body:
        yield spot.says("empty-expression")
        return
    functions = release.vocabulary.functions or frozenset()
    try:
        parsed = feel.parse(body, names=spot.known, functions=functions)
    except feel.FeelError as error:
        yield spot.says(_syntax_code(body), reason=_sentence(error))
        return
    if _TYPENAME.search(body):
        yield spot.says("typename-key")
    if _METHOD.search(_unquoted(body)):
        yield spot.says("expression-python", reason="FEEL has no methods.")
        return
    yield from _functions(release, spot, parsed)
    yield from _variables(release, spot, parsed)
    yield from _value(release, spot, parsed, body)


def _plain(spot: Spot, text: str) -> Iterator[Problem]:
    if _TEMPLATE.search(text):
        yield spot.says("expression-template")
    elif spot.part in ("input mapping", "output mapping", "assignee", "candidate group") and text in spot.known:
        yield spot.says("not-an-expression")


def _syntax_code(body: str) -> str:
    if _TEMPLATE.search(body):
        return "expression-template"
    return "expression-python" if _PROGRAM.search(_unquoted(body)) else "expression-syntax"


def _unquoted(body: str) -> str:
    return re.sub(r'"[^"]*"', '""', body)


def _sentence(error: feel.FeelError) -> str:
    text = str(error)
    return text if text.endswith((".", ")")) else f"{text}."


def _functions(release: Release, spot: Spot, parsed: feel.Expression) -> Iterator[Problem]:
    known = release.vocabulary.functions
    for name in sorted(parsed.functions):
        if _DANGEROUS.search(name):
            yield spot.says("expression-python", reason=f"({name})")
        elif known is not None and name not in known and name not in spot.now:
            near = hint(name, {*known, *feel.BUILTIN_NAMES})
            yield spot.says("unknown-function", function=name, known=listed(known), hint=near)


def _variables(release: Release, spot: Spot, parsed: feel.Expression) -> Iterator[Problem]:
    said: set[str] = set()
    for path in sorted(parsed.variables | {one for one in parsed.ambiguous if one.split(".")[0] == "case"}):
        root = path.split(".")[0]
        if root == "case":
            yield from _case_field(release, spot, path)
        elif path not in spot.now and root not in spot.now and not spot.open and root not in said:
            said.add(root)
            if root in spot.known:
                yield spot.says("variable-before-set", variable=root)
            elif root in spot.asked:
                yield spot.says("answer-not-mapped", variable=root)
            else:
                known = {*spot.known, *(f"case.{one}" for one in release.vocabulary.case_schema or ())}
                near = hint(root, known) or hint(f"case.{root}", known)
                yield spot.says("unknown-variable", variable=root, hint=near)


def _case_field(release: Release, spot: Spot, path: str) -> Iterator[Problem]:
    schema: Any = release.vocabulary.case_schema
    if schema is None:
        return
    for step in path.split(".")[1:]:
        if not isinstance(schema, dict):
            if not _opaque(schema):
                yield spot.says("unknown-case-field", field=path.removeprefix("case."), known="—", hint="")
            return
        if step not in schema:
            yield spot.says("unknown-case-field", field=path.removeprefix("case."), known=listed(schema, 40),
                            hint=hint(step, schema))  # fmt: skip
            return
        schema = schema[step]


def _opaque(kind: object) -> bool:
    """Types that have parts of their own: dates, durations, and whatever is not told."""
    parts = ("date", "time", "duration", "list", "context", "any")
    return not isinstance(kind, str) or any(word in kind for word in parts)


_FITS: dict[str, tuple[str, ...]] = {
    "boolean": ("truth value",),
    "list": ("list",),
    "string": ("text", "null"),
    "due": ("date", "date and time", "duration", "null"),
    "date": ("date", "date and time"),
    "duration": ("duration",),
    "cycle": ("text",),
}


def _value(release: Release, spot: Spot, parsed: feel.Expression, body: str) -> Iterator[Problem]:
    """What an expression gives that depends on nothing, or that is one field of `case`, can be told beforehand."""
    if not spot.wants:
        return
    kinds = _constant(parsed) or _case_type(release, body)
    if not kinds:
        return
    fits = _FITS[spot.wants]
    given = ", ".join(kinds)
    if spot.wants in ("due", "date") and kinds == ["text"]:
        value = _text_value(parsed)
        if value is not None and (is_timer_text(value, "date") or is_timer_text(value, "duration")):
            return
    if spot.wants == "duration" and kinds == ["text"] and is_timer_text(_text_value(parsed) or "", "duration"):
        return
    if spot.wants == "cycle" and kinds == ["text"]:
        if is_timer_text(_text_value(parsed) or "", "cycle"):
            return
    elif any(kind in fits for kind in kinds):
        yield from _length(spot, parsed)
        return
    yield _misfit(spot, given)


def _length(spot: Spot, parsed: feel.Expression) -> Iterator[Problem]:
    """A list that is written down in the flow can be counted."""
    value = feel.evaluate(parsed, {}, now=_NOW) if spot.wants == "list" and _constant(parsed) else []
    if isinstance(value, list) and len(value) > MOST_ROUNDS:
        yield spot.says("loop-too-long", count=len(value))


def _misfit(spot: Spot, given: str) -> Problem:
    if spot.wants == "boolean":
        return spot.says("condition-not-boolean", given=given)
    if spot.wants == "list":
        return spot.says("list-expected", given=given)
    if spot.part == "timer":
        return spot.says("timer-result", given=given, kind=WORDS[spot.wants], example=EXAMPLES[spot.wants])
    if spot.wants == "due":
        return spot.says("due-date-result", given=given)
    return spot.says("text-expected", given=given)


def _constant(parsed: feel.Expression) -> list[str]:
    """The kind of value of an expression that reads and calls nothing from outside, else nothing."""
    if parsed.variables or parsed.ambiguous or parsed.functions:
        return []
    try:
        return [_kind(feel.evaluate(parsed, {}, now=_NOW))]
    except feel.FeelError:
        return []


def _text_value(parsed: feel.Expression) -> str | None:
    try:
        value = feel.evaluate(parsed, {}, now=_NOW)
    except feel.FeelError:
        return None
    return value if isinstance(value, str) else None


def _kind(value: Any) -> str:
    kinds: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (bool, "truth value"), (str, "text"), ((int, float, Decimal), "number"), (datetime, "date and time"),
        (date, "date"), (time, "time"), ((timedelta, feel.YearsMonths), "duration"), (list, "list"), (dict, "context"),
    )  # fmt: skip
    return "null" if value is None else next((word for kind, word in kinds if isinstance(value, kind)), "value")


_CASE_WORDS = {
    "string": "text", "number": "number", "boolean": "truth value", "date": "date", "date and time": "date and time",
    "null": "null", "time": "time", "duration": "duration",
}  # fmt: skip


def _case_type(release: Release, body: str) -> list[str]:
    """The kinds of value of an expression that is nothing but one field of `case`; nothing when they cannot be told."""
    schema: Any = release.vocabulary.case_schema
    if schema is None or not re.fullmatch(r"case(\.\w+)+", body):
        return []
    for step in body.split(".")[1:]:
        schema = schema.get(step) if isinstance(schema, dict) else None
    if not isinstance(schema, str):
        return []
    kinds = [_CASE_WORDS.get(kind.strip(), "value") for kind in schema.split("|")]
    return [] if "value" in kinds else kinds
