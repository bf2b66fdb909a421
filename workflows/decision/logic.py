"""Reads the logic of a decision - an expression, a table, or a boxed one - into a closure over the scope."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lxml import etree

from workflows.feel.compiler import Frame
from workflows.feel.functions import invoke
from workflows.feel.values import Function

from .fitting import fitted
from .model import (
    ANYTHING,
    Code,
    DecisionError,
    DecisionTable,
    InputClause,
    ItemType,
    OutputClause,
    Place,
    Rule,
    Text,
)
from .table import HIT_POLICIES, code_of, evaluated

if TYPE_CHECKING:
    from .reading import _FileReader

_NOT_LOGIC = frozenset({
    "description", "extensionElements", "question", "allowedAnswers", "variable", "informationRequirement",
    "knowledgeRequirement", "authorityRequirement", "supportedObjective", "impactedPerformanceIndicator",
    "decisionMaker", "decisionOwner", "usingProcess", "usingTask", "typeRef", "formalParameter", "parameter",
})
_AGGREGATIONS = frozenset({"", "SUM", "COUNT", "MIN", "MAX"})
Parameters = tuple[tuple[str, ItemType], ...]


class LogicReader:
    """Reads one owner's logic; `texts` and `tables` gather what lint wants to look at."""

    def __init__(self, file: _FileReader, scope: frozenset[str]) -> None:
        self._file = file
        self._scope = scope
        self.texts: list[Text] = []
        self.tables: list[DecisionTable] = []

    def of_owner(self, owner: etree._Element) -> Code:
        """The logic inside an element; one without any refuses to be made."""
        found = self._children(owner)
        if len(found) != 1:
            place = self._file.place(owner)
            self._file.fault("decision-no-logic", place, name=owner.get("name") or owner.get("id") or "")
            return _refusing("no-logic", "There is no logic here.", place)
        return self.of(found[0])

    def of(self, element: etree._Element) -> Code:
        """The logic of one element."""
        readers: dict[str, Callable[[etree._Element], Code]] = {
            "literalExpression": self._literal, "decisionTable": self._table, "context": self._context,
            "invocation": self._invocation, "list": self._list, "relation": self._relation,
            "functionDefinition": self._function,
        }
        name = etree.QName(element).localname
        reader = readers.get(name)
        if reader is None:
            place = self._file.place(element)
            self._file.fault("decision-not-covered", place, what=name)
            return _refusing("unsupported", f"‘{name}’ is not covered.", place)
        wanted = self._file.type_of(element)
        return _typed(reader(element), wanted, name)

    def _children(self, owner: etree._Element) -> list[etree._Element]:
        namespace = etree.QName(owner).namespace
        return [child for child in owner if etree.QName(child).namespace == namespace
                and etree.QName(child).localname not in _NOT_LOGIC]

    def _text(self, element: etree._Element, text: str) -> Text:
        found = self._file.expression(element, text, self._scope)
        self.texts.append(found)
        return found

    def _literal(self, element: etree._Element) -> Code:
        text = self._text(element, self._file.text(element))
        return lambda frame: evaluated(text, frame)

    def _list(self, element: etree._Element) -> Code:
        items = [self.of(child) for child in self._children(element)]
        return lambda frame: [code(frame) for code in items]

    def _relation(self, element: etree._Element) -> Code:
        names = [column.get("name") or "" for column in element.findall(self._file.tag("column"))]
        rows = [[self.of(cell) for cell in self._children(row)] for row in element.findall(self._file.tag("row"))]
        if any(len(row) != len(names) for row in rows):
            self._file.fault("decision-entries", self._file.place(element), what="row", number="")
        return lambda frame: [dict(zip(names, [code(frame) for code in row], strict=False)) for row in rows]

    def _context(self, element: etree._Element) -> Code:
        entries: list[tuple[str | None, Code]] = []
        before = self._scope
        for entry in element.findall(self._file.tag("contextEntry")):
            variable = entry.find(self._file.tag("variable"))
            logic = self._children(entry)
            if len(logic) != 1:
                self._file.fault("decision-no-logic", self._file.place(entry), name="contextEntry")
                continue
            name = " ".join((variable.get("name") or "").split()) if variable is not None else None
            wanted = self._file.type_of(variable) if variable is not None else ANYTHING
            entries.append((name, _typed(self.of(logic[0]), wanted, name or "the result")))
            self._scope = self._scope | ({name} if name else set())
        self._scope = before
        return _context_code(entries)

    def _invocation(self, element: etree._Element) -> Code:
        called = self._children(element)
        bindings = [child for child in called if etree.QName(child).localname == "binding"]
        functions = [child for child in called if etree.QName(child).localname != "binding"]
        if len(functions) != 1:
            self._file.fault("decision-no-logic", self._file.place(element), name="invocation")
            return _refusing("no-logic", "An invocation without a function.", self._file.place(element))
        function = self.of(functions[0])
        arguments = [self._binding(binding) for binding in bindings]
        names = tuple(name for name, _ in arguments)

        def call(frame: Frame) -> Any:
            return invoke(function(frame), [code(frame) for _, code in arguments], names, frame.run)

        return call

    def _binding(self, binding: etree._Element) -> tuple[str, Code]:
        parameter = binding.find(self._file.tag("parameter"))
        logic = self._children(binding)
        name = (parameter.get("name") or "") if parameter is not None else ""
        return name, self.of(logic[0]) if len(logic) == 1 else (lambda frame: None)

    def _function(self, element: etree._Element) -> Code:
        place = self._file.place(element)
        parameters, code, wanted = self.of_function(element, place)
        return lambda frame: function_value(parameters, code, wanted, frame, "function")

    def of_function(self, element: etree._Element | None, place: Place) -> tuple[Parameters, Code, ItemType]:
        """Parameters and body of a function definition; external ones are refused."""
        if element is None:
            self._file.fault("decision-no-logic", place, name="function")
            return (), _refusing("no-logic", "A function without a body.", place), ANYTHING
        if element.get("kind", "FEEL").upper() != "FEEL":
            self._file.fault("decision-not-covered", place, what=f"{element.get('kind')} function")
            return (), _refusing("unsupported", "External functions are not covered.", place), ANYTHING
        parameters = tuple((" ".join((one.get("name") or "").split()), self._file.type_of(one))
                           for one in element.findall(self._file.tag("formalParameter")))
        before = self._scope
        self._scope = self._scope | {name for name, _ in parameters}
        code = self.of_owner(element)
        self._scope = before
        return parameters, code, self._file.type_of(element)

    # --- tables ---

    def _table(self, element: etree._Element) -> Code:
        place = self._file.place(element)
        policy = element.get("hitPolicy") or "UNIQUE"
        aggregation = element.get("aggregation") or ""
        if policy not in HIT_POLICIES or aggregation not in _AGGREGATIONS:
            self._file.fault("decision-not-covered", place, what=f"hit policy {policy} {aggregation}".strip())
            return _refusing("unsupported", f"The hit policy {policy} {aggregation} is not covered.", place)
        inputs = tuple(self._input(one) for one in element.findall(self._file.tag("input")))
        outputs = self._outputs(element, place)
        rules = tuple(self._rule(one, number, len(inputs), len(outputs))
                      for number, one in enumerate(element.findall(self._file.tag("rule")), 1))
        if not outputs or (aggregation and (len(outputs) > 1 or policy != "COLLECT")):
            what = f"aggregation {aggregation} over these outputs" if outputs else "table without outputs"
            self._file.fault("decision-not-covered", place, what=what)
            return _refusing("unsupported", f"A {what} is not covered.", place)
        table = DecisionTable(place, policy, aggregation, inputs, outputs, rules)
        self.tables.append(table)
        return code_of(table)

    def _input(self, element: etree._Element) -> InputClause:
        source = element.find(self._file.tag("inputExpression"))
        text = self._text(source if source is not None else element, self._file.text(source))
        allowed = element.find(self._file.tag("inputValues"))
        wanted = self._file.type_of(source) if source is not None else ANYTHING
        return InputClause(self._file.place(element), element.get("label") or "", text, wanted,
                           self._tests(allowed))

    def _tests(self, element: etree._Element | None) -> Text | None:
        text = self._file.text(element)
        if element is None or not text or text == "-":
            return None
        found = self._file.tests(element, text, self._scope)
        self.texts.append(found)
        return found

    def _outputs(self, table: etree._Element, place: Place) -> tuple[OutputClause, ...]:
        elements = table.findall(self._file.tag("output"))
        found = tuple(self._output(one, table, len(elements)) for one in elements)
        names = [one.name for one in found]
        if len(found) > 1 and (not all(names) or len(set(names)) < len(names)):
            self._file.fault("decision-output-names", place)
        return found

    def _output(self, element: etree._Element, table: etree._Element, columns: int) -> OutputClause:
        allowed = self._tests(element.find(self._file.tag("outputValues")))
        default = self._cell(element.find(self._file.tag("defaultOutputEntry")))
        name = element.get("name") or (table.get("outputLabel") if columns == 1 else "") or ""
        return OutputClause(self._file.place(element), name, self._file.type_of(element), allowed, default)

    def _cell(self, element: etree._Element | None) -> Text | None:
        text = self._file.text(element)
        return self._text(element, text) if element is not None and text else None

    def _rule(self, element: etree._Element, number: int, inputs: int, outputs: int) -> Rule:
        tests = [self._tests(one) for one in element.findall(self._file.tag("inputEntry"))]
        results = [self._cell(one) for one in element.findall(self._file.tag("outputEntry"))]
        place = self._file.place(element)
        if len(tests) != inputs or len(results) != outputs:
            self._file.fault("decision-entries", place, what="rule", number=number)
        annotations = tuple((one.findtext(self._file.tag("text")) or "").strip()
                            for one in element.findall(self._file.tag("annotationEntry")))
        description = (element.findtext(self._file.tag("description")) or "").strip()
        return Rule(place, number, description, annotations, tuple(tests), tuple(results))


def _refusing(code: str, message: str, place: Place) -> Code:
    def refuse(frame: Frame) -> Any:
        raise DecisionError(code, message, place.element_id, place.line)

    return refuse


def _typed(code: Code, wanted: ItemType, what: str) -> Code:
    """A closure whose value is made to fit a type."""
    return code if wanted is ANYTHING else lambda frame: fitted(code(frame), wanted, what, frame.run)


def _context_code(entries: list[tuple[str | None, Code]]) -> Code:
    """A boxed context: later entries see earlier ones; an entry without a name is the result."""
    def build(frame: Frame) -> Any:
        built: dict[str, Any] = {}
        inner = Frame(built, frame, frame.run)
        for name, code in entries:
            value = code(inner)
            if name is None:
                return value
            built[name] = value
        return dict(built)

    return build


def function_value(parameters: Parameters, code: Code, wanted: ItemType, frame: Frame | None, name: str) -> Function:
    """A function of the file as a FEEL value, over the scope in which it is defined."""
    def body(run: Any, arguments: list[Any]) -> Any:
        variables = {key: fitted(value, kind, f"The argument ‘{key}’", run)
                     for (key, kind), value in zip(parameters, arguments, strict=True)}
        return fitted(code(Frame(variables, frame, run)), wanted, f"The result of ‘{name}’", run)

    return Function(tuple(key for key, _ in parameters), body, tuple(kind.type for _, kind in parameters), name)
