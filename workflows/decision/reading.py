"""Reads a decision file safely: XML without entities, of bounded size, into decisions ready to be made."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lxml import etree

from workflows.feel.errors import FeelError
from workflows.feel.expression import Expression, parse, parse_unary
from workflows.feel.types import FeelType
from workflows.model import Problem
from workflows.problems import problem

from .fitting import read_types, type_named
from .logic import LogicReader
from .model import Decision, DecisionError, Decisions, InputData, ItemType, Knowledge, Place, Text

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 100
NAMESPACES = frozenset({
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/", "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
})


def load(xml: bytes, file: str = "") -> Decisions:
    """The decisions of a DMN 1.1 to 1.5 file; diagrams and extension elements are passed over.

    Raises DecisionError where the file cannot be read at all. What is wrong inside it - an expression that does not
    parse, something not covered - is kept in `faults`, and refused when a decision that rests on it is made.
    """
    root = _root(xml)
    namespace = etree.QName(root).namespace or ""
    if namespace not in NAMESPACES or etree.QName(root).localname != "definitions":
        raise DecisionError("not-dmn", "This is no DMN file: its first element is no DMN ‘definitions’.")
    return _FileReader(root, namespace, file).read()


def _root(xml: bytes) -> etree._Element:
    if len(xml) > MAX_BYTES:
        raise DecisionError("too-long", f"A file of {len(xml)} bytes; {MAX_BYTES} is the limit.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
                             huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DecisionError("not-xml", f"The file is no well-formed XML: {error}") from error
    if root.getroottree().docinfo.doctype or any(isinstance(node, etree._Entity) for node in root.iter()):
        raise DecisionError("not-xml", "A document type or an entity has no place in a decision file.")
    if any(depth > MAX_DEPTH for depth in _depths(root)):
        raise DecisionError("nesting", f"Elements nested deeper than {MAX_DEPTH}.")
    return root


def _depths(root: etree._Element) -> Iterable[int]:
    waiting = [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        yield depth
        if depth <= MAX_DEPTH:
            waiting.extend((child, depth + 1) for child in element)


class _FileReader:
    """One reading of one file, gathering faults as it goes."""

    def __init__(self, root: etree._Element, namespace: str, file: str) -> None:
        self._root = root
        self._file = file
        self._namespace = namespace
        self._faults: dict[str, list[Problem]] = {}
        self._owner = ""
        self._types: dict[str, ItemType] = {}
        self._feel_types: dict[str, FeelType] = {}
        self._members: set[str] = set()
        self._names: dict[str, str] = {}

    def tag(self, name: str) -> str:
        """The qualified name of a DMN element."""
        return f"{{{self._namespace}}}{name}"

    def fault(self, code: str, place: Place, **details: object) -> None:
        """Keep something that is wrong, with its element and line."""
        found = problem(code, self._file, place.element_id, place.line, **details)
        self._faults.setdefault(self._owner, []).append(found)

    def read(self) -> Decisions:
        """The whole file."""
        self._types = read_types(self._root, self.tag, self._allowed, self.fault)
        self._feel_types = {name: one.type for name, one in self._types.items()}
        self._members = {name for one in self._types.values() for name in _component_names(one)}
        self._check_imports()
        elements = [(kind, element) for kind in ("inputData", "decision", "businessKnowledgeModel")
                    for element in self._root.findall(self.tag(kind))]
        self._names = {element.get("id", ""): self._variable(element) for _, element in elements}
        inputs = {one.id: one for kind, element in elements if kind == "inputData" for one in [self._input(element)]}
        knowledge = {one.id: one for kind, element in elements if kind == "businessKnowledgeModel"
                     for one in [self._knowledge(element)]}
        decisions = {one.id: one for kind, element in elements if kind == "decision"
                     for one in [self._decision(element)]}
        return self._checked(Decisions(self._root.get("name") or "", decisions, inputs, knowledge))

    def _check_imports(self) -> None:
        for element in self._root.findall(self.tag("import")):
            if element.get("importType", "") in NAMESPACES:
                self.fault("decision-not-covered", Place("", element.sourceline or 0), what="import")

    def _checked(self, read: Decisions) -> Decisions:
        """References to what is not there, and decisions that rest on themselves, are taken out as faults."""
        known: dict[str, Decision | Knowledge] = {**read.decisions, **read.knowledge}
        decisions = {one.id: self._without_dangling(one, read) for one in read.decisions.values()}
        knowledge = {one.id: self._without_dangling(one, read) for one in read.knowledge.values()}
        for one in known.values():
            if _rests_on_itself(one, known):
                self._owner = one.id
                self.fault("decision-cycle", one.place, name=one.name)
        faults_of = {owner: tuple(found) for owner, found in self._faults.items()}
        faults = tuple(fault for found in faults_of.values() for fault in found)
        return Decisions(read.name, decisions, read.inputs, knowledge, faults, faults_of)

    def _without_dangling(self, one: Any, read: Decisions) -> Any:
        self._owner = one.id
        kept = {}
        for field_name, known in (("decisions", read.decisions), ("inputs", read.inputs),
                                  ("knowledge", read.knowledge)):
            wanted = getattr(one, field_name, ())
            kept[field_name] = tuple(reference for reference in wanted if reference in known)
            for reference in set(wanted) - set(known):
                self.fault("decision-dangling", one.place, name=one.name, reference=reference)
        if isinstance(one, Knowledge):
            return Knowledge(one.id, one.name, one.place, one.parameters, one.type, kept["knowledge"], one.code,
                             one.texts, one.tables)
        return Decision(one.id, one.name, one.variable, one.place, one.type, kept["decisions"], kept["inputs"],
                        kept["knowledge"], one.code, one.texts, one.tables)

    # --- parts ---

    def _variable(self, element: etree._Element) -> str:
        variable = element.find(self.tag("variable"))
        name = variable.get("name") if variable is not None else None
        return " ".join((name or element.get("name") or element.get("id") or "").split())

    def _type_of(self, element: etree._Element) -> ItemType:
        variable = element.find(self.tag("variable"))
        return self.type_of(variable if variable is not None else element)

    def type_of(self, element: etree._Element) -> ItemType:
        """The type that an element's typeRef names; a fault where there is none such."""
        reference = element.get("typeRef") or element.findtext(self.tag("typeRef"))
        found = type_named(reference, self._types)
        if found is None:
            self.fault("decision-unknown-type", self.place(element), name=reference)
            return ItemType()
        return found

    def place(self, element: etree._Element) -> Place:
        """Where an element stands: its own id, or the nearest around it."""
        nearest: etree._Element | None = element
        while nearest is not None and not nearest.get("id"):
            nearest = nearest.getparent()
        return Place((nearest.get("id") or "") if nearest is not None else "", element.sourceline or 0)

    def _input(self, element: etree._Element) -> InputData:
        name = self._variable(element)
        self._owner = element.get("id") or name
        return InputData(element.get("id") or name, name, self._type_of(element), self.place(element))

    def _required(self, element: etree._Element, wrapper: str, kind: str) -> tuple[str, ...]:
        found = []
        for requirement in element.findall(self.tag(wrapper)):
            for reference in requirement.findall(self.tag(kind)):
                found.append((reference.get("href") or "").rpartition("#")[2])
        return tuple(dict.fromkeys(found))

    def _decision(self, element: etree._Element) -> Decision:
        self._owner = element.get("id") or element.get("name") or ""
        decisions = self._required(element, "informationRequirement", "requiredDecision")
        inputs = self._required(element, "informationRequirement", "requiredInput")
        knowledge = self._required(element, "knowledgeRequirement", "requiredKnowledge")
        scope = self._names_of(decisions + inputs + knowledge)
        logic = LogicReader(self, scope)
        code = logic.of_owner(element)
        name = element.get("name") or ""
        return Decision(element.get("id") or name, name, self._variable(element), self.place(element),
                        self._type_of(element), decisions, inputs, knowledge, code, tuple(logic.texts),
                        tuple(logic.tables))

    def _knowledge(self, element: etree._Element) -> Knowledge:
        self._owner = element.get("id") or self._variable(element)
        needed = self._required(element, "knowledgeRequirement", "requiredKnowledge")
        logic = LogicReader(self, self._names_of(needed))
        name = self._variable(element)
        parameters, code, _ = logic.of_function(element.find(self.tag("encapsulatedLogic")), self.place(element))
        declared = self._type_of(element)
        result = declared.result or (ItemType() if declared.type.name == "function" else declared)
        return Knowledge(element.get("id") or name, name, self.place(element), parameters, result, needed, code,
                         tuple(logic.texts), tuple(logic.tables))

    def _names_of(self, ids: Iterable[str]) -> frozenset[str]:
        """Names in scope: what is required, and every input, since a table may use it without an arrow."""
        inputs = (self._names[element.get("id", "")] for element in self._root.findall(self.tag("inputData")))
        return frozenset(self._names[one] for one in ids if one in self._names) | frozenset(inputs)

    # --- expressions ---

    def expression(self, element: etree._Element, text: str, scope: frozenset[str]) -> Text:
        """An expression of the file; a fault where it does not parse."""
        return self._parsed(element, text, scope, lambda: parse(
            text, names=scope, members=self._members, types=self._feel_types))

    def tests(self, element: etree._Element, text: str, scope: frozenset[str]) -> Text:
        """The unary tests of a cell; a fault where they do not parse."""
        return self._parsed(element, text, scope, lambda: parse_unary(
            text, names=scope, members=self._members, types=self._feel_types))

    def _parsed(self, element: etree._Element, text: str, scope: frozenset[str],
                reader: Callable[[], Expression]) -> Text:
        place = self.place(element)
        try:
            return Text(place, text, reader(), scope)
        except FeelError as error:
            self.fault("decision-expression", place, expression=text[:200], reason=str(error).rstrip("."))
            return Text(place, text, None, scope)

    def _allowed(self, element: etree._Element, place: Place) -> Text | None:
        text = self.text(element)
        return self.tests(element, text, frozenset()) if text else None

    def text(self, element: etree._Element | None) -> str:
        """The text of an expression element, without the space around it; refused in another language than FEEL."""
        if element is None:
            return ""
        language = element.get("expressionLanguage") or self._root.get("expressionLanguage") or "feel"
        if "feel" not in language.lower():
            self.fault("decision-not-covered", self.place(element), what=f"expression language {language}")
        return (element.findtext(self.tag("text")) or "").strip()


def _component_names(one: ItemType) -> Iterable[str]:
    for name, component in one.components.items():
        yield name
        yield from _component_names(component)


def _rests_on_itself(one: Any, known: dict[str, Any]) -> bool:
    waiting = [*getattr(one, "decisions", ()), *one.knowledge]
    seen: set[str] = set()
    while waiting:
        reference = waiting.pop()
        if reference == one.id:
            return True
        if reference in known and reference not in seen:
            seen.add(reference)
            waiting.extend((*getattr(known[reference], "decisions", ()), *known[reference].knowledge))
    return False
