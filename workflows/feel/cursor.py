"""Walks the tokens of an expression, and knows which names of several tokens the scope holds at each place."""
from __future__ import annotations

from collections.abc import Iterable, Mapping

from .budget import MAX_NESTING
from .errors import FeelError
from .lexer import Token, full_width, parts, tokens
from .types import FeelType, simple_type

_NAME_SYMBOLS = frozenset({".", "/", "-", "'", "+", "*"})
PROPERTY_NAMES = ("time offset", "start included", "end included")
_MULTI_WORD_TYPES = ("date and time", "days and time duration", "years and months duration")


class _KnownNames:
    """Names of more than one token that the scope holds, found by their first token, the longest first."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        sequence = parts(name)
        if len(sequence) < 2 and (not sequence or full_width(name) is None):
            return
        held = self._by_first.setdefault(sequence[0], [])
        if all(other != sequence for other, _ in held):
            held.append((sequence, name))
            held.sort(key=lambda pair: -len(pair[0]))

    def match(self, stream: list[Token], index: int) -> tuple[str, int] | None:
        for sequence, name in self._by_first.get(stream[index].text, ()):
            end = index + len(sequence)
            if end < len(stream) and all(stream[index + n].text == part for n, part in enumerate(sequence)):
                return name, end
        return None


class Cursor:
    """A place in the tokens of one text, with the scopes open there."""

    def __init__(self, text: str, names: Iterable[str], members: Iterable[str],
                 types: Mapping[str, FeelType] | None = None) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._index = 0
        self._depth = 0
        self._list_at = -1
        self._endpoint = False
        self._scopes = [_KnownNames(names)]
        self._members = _KnownNames((*PROPERTY_NAMES, *members))
        self._types = types or {}
        self._type_names = _KnownNames((*_MULTI_WORD_TYPES, *self._types))

    @property
    def _token(self) -> Token:
        return self._tokens[self._index]

    def _advance(self) -> Token:
        token = self._tokens[self._index]
        if token.kind != "end":
            self._index += 1
        return token

    def _at(self, text: str) -> bool:
        token = self._tokens[self._index]
        return token.text == text and token.kind in ("op", "name")

    def _take(self, text: str) -> bool:
        if self._at(text):
            self._index += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise self._unexpected(f"expected ‘{text}’")

    def _unexpected(self, wish: str) -> FeelError:
        token = self._token
        mark = full_width(token.text)
        if mark is not None:
            return FeelError("syntax", f"Full-width ‘{mark}’ where an ASCII character is meant.", token.start)
        seen = "the end" if token.kind == "end" else f"‘{token.text[:40]}’"
        if token.text == '"':
            seen = "a string that does not end on its line"
        return FeelError("syntax", f"Found {seen}, {wish}.", token.start)

    def _known_name(self) -> tuple[str, int] | None:
        """The longest name of several tokens that some scope knows here, and the index behind it."""
        found = [match for scope in self._scopes if (match := scope.match(self._tokens, self._index)) is not None]
        return max(found, key=lambda match: match[1]) if found else None

    def _open_scope(self) -> None:
        self._scopes.append(_KnownNames(()))

    def _close_scope(self) -> None:
        self._scopes.pop()

    def finish(self) -> None:
        """Refuse anything that is left over."""
        if self._token.kind != "end":
            raise self._unexpected("expected an operator or the end")

    def _name_until(self, stops: set[str]) -> str:
        """A name being defined here: everything that may belong to a name, up to a stop."""
        first = self._token
        if first.kind == "quoted":
            return self._advance().text.strip("`")
        if first.kind != "name":
            raise self._unexpected("expected a name")
        while self._token.text not in stops and self._may_be_in_name(self._token):
            self._index += 1
        return " ".join(self._text[first.start:self._tokens[self._index - 1].end].split())

    @staticmethod
    def _may_be_in_name(token: Token) -> bool:
        return token.kind in ("name", "number") or (token.kind == "op" and token.text in _NAME_SYMBOLS)


class TypeReader(Cursor):
    """Reads the types that `instance of` and parameters name."""

    def _type(self) -> FeelType:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise FeelError("nesting", f"Nested deeper than {MAX_NESTING}.", self._token.start)
        start = self._token.start
        name = self._type_name()
        reader = {"list": self._element_type, "range": self._element_type, "context": self._context_type,
                  "function": self._function_type}.get(name)
        found = self._types.get(name) or simple_type(name)
        if reader is not None and self._at("<"):
            found = reader(name)
        self._depth -= 1
        if found is None:
            raise FeelError("unsupported", f"The type ‘{name}’ is not covered.", start)
        return found

    def _type_name(self) -> str:
        found = self._type_names.match(self._tokens, self._index)
        if found is not None:
            self._index = found[1]
            return found[0]
        if self._token.kind != "name":
            raise self._unexpected("expected a type")
        return self._advance().text

    def _element_type(self, name: str) -> FeelType:
        self._expect("<")
        element = self._type()
        self._expect(">")
        return FeelType(name, element=element)

    def _context_type(self, name: str) -> FeelType:
        self._expect("<")
        entries: list[tuple[str, FeelType]] = []
        while not self._take(">"):
            if entries:
                self._expect(",")
            key = self._name_until({":"})
            self._expect(":")
            entries.append((key, self._type()))
        return FeelType(name, entries=tuple(entries))

    def _function_type(self, name: str) -> FeelType:
        self._expect("<")
        parameters: list[FeelType] = []
        while not self._take(">"):
            if parameters:
                self._expect(",")
            parameters.append(self._type())
        self._expect("->")
        at = self._token.start
        result = self._type()
        if result.name != "Any":
            raise FeelError("unsupported", "Function types with a result other than Any are not covered.", at)
        return FeelType(name, parameters=tuple(parameters), result=result)
