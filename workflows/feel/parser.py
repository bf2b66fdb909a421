"""Reads an expression into its syntax tree: the grammar of DMN 1.3, 10.3.1.2, by precedence climbing."""
from __future__ import annotations

from decimal import Decimal

from . import nodes
from .budget import MAX_NESTING
from .cursor import TypeReader
from .errors import FeelError
from .lexer import Token, full_width, string_value
from .temporal import read_literal
from .types import FeelType
from .values import NUMBERS

KEYWORDS = frozenset({
    "for", "in", "return", "if", "then", "else", "some", "every", "satisfies", "instance", "of", "function",
    "external", "or", "and", "between", "null", "true", "false",
})
_OR, _AND, _COMPARISON, _SUM, _PRODUCT, _POWER, _INSTANCE = range(1, 8)
_PRECEDENCE = {
    "or": _OR, "and": _AND, "=": _COMPARISON, "!=": _COMPARISON, "<": _COMPARISON, "<=": _COMPARISON,
    ">": _COMPARISON, ">=": _COMPARISON, "in": _COMPARISON, "between": _COMPARISON, "+": _SUM, "-": _SUM,
    "*": _PRODUCT, "/": _PRODUCT, "**": _POWER, "instance": _INSTANCE,
}
_CHAINED = frozenset({_OR, _AND, _SUM, _PRODUCT, _POWER})
_UNARY_OPERATORS = frozenset({"<", "<=", ">", ">=", "=", "!="})
_CONSTANTS = {"null": None, "true": True, "false": False}


class Parser(TypeReader):
    """One reading of one text; `expression` and `unary_tests` are its two entries, `finish` its end."""

    # --- expressions ---

    def expression(self) -> nodes.Node:
        """A whole expression."""
        return self._climb(_OR)

    def _climb(self, lowest: int) -> nodes.Node:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise FeelError("nesting", f"Nested deeper than {MAX_NESTING}.", self._token.start)
        endpoint, self._endpoint = self._endpoint, False
        left = self._prefix(endpoint)
        wraps = 0
        while True:
            token = self._token
            level = _PRECEDENCE.get(token.text, 0) if token.kind in ("op", "name") else 0
            if level < lowest or level == 0:
                break
            left = self._chain(left, level, endpoint) if level in _CHAINED else self._relation(left, level)
            wraps += 1
            if wraps > MAX_NESTING:
                raise FeelError("nesting", f"More than {MAX_NESTING} comparisons in a row.", token.start)
        self._depth -= 1
        return left

    def _chain(self, first: nodes.Node, level: int, endpoint: bool) -> nodes.Node:
        rest = []
        while self._token.kind in ("op", "name") and _PRECEDENCE.get(self._token.text) == level:
            operator = self._advance().text
            self._endpoint = endpoint
            rest.append((operator, self._climb(level + 1)))
        return nodes.Chain(first.position, first, tuple(rest))

    def _relation(self, left: nodes.Node, level: int) -> nodes.Node:
        operator = self._advance().text
        if operator == "instance":
            self._expect("of")
            return nodes.InstanceOf(left.position, left, self._type())
        if operator == "between":
            low = self._climb(_SUM)
            self._expect("and")
            return nodes.Between(left.position, left, low, self._climb(_SUM))
        if operator == "in":
            return nodes.In(left.position, left, self._tests_after_in())
        return nodes.Compare(left.position, operator, left, self._climb(level + 1))

    def _tests_after_in(self) -> tuple[nodes.Node, ...]:
        if self._token.text in _UNARY_OPERATORS and self._token.kind == "op":
            return (self._unary_test(),)
        self._list_at = self._index if self._at("(") else -1
        found = self._climb(_SUM)
        return found.tests if isinstance(found, nodes.UnaryTests) else (found,)

    def _prefix(self, endpoint: bool) -> nodes.Node:
        token = self._token
        if token.kind == "op" and token.text == "-":
            self._index += 1
            self._endpoint = endpoint
            return nodes.Negate(token.start, self._climb(_INSTANCE))
        return self._postfix(self._primary(), endpoint)

    def _postfix(self, value: nodes.Node, endpoint: bool) -> nodes.Node:
        for _ in range(MAX_NESTING):
            token = self._token
            if token.kind != "op":
                return value
            if token.text == ".":
                self._index += 1
                value = nodes.Path(value.position, value, self._member())
            elif token.text == "[" and not (endpoint and self._closes_range()):
                self._index += 1
                self._scopes.append(self._members)
                value = nodes.Filter(value.position, value, self.expression())
                self._close_scope()
                self._expect("]")
            elif token.text == "(":
                self._index += 1
                value = self._call(value)
            else:
                return value
        raise FeelError("nesting", f"More than {MAX_NESTING} steps in one path.", value.position)

    def _closes_range(self) -> bool:
        """Whether the `[` here ends a range such as `]1..5[`, since nothing that could be a filter follows it."""
        following = self._tokens[self._index + 1]
        if following.kind == "name":
            return following.text in KEYWORDS - {"for", "if", "some", "every", "function", *_CONSTANTS}
        return following.kind == "end" or (following.kind == "op" and following.text not in ("-", "(", "[", "{", "@"))

    def _member(self) -> str:
        found = self._members.match(self._tokens, self._index)
        if found is not None:
            self._index = found[1]
            return found[0]
        if self._token.kind not in ("name", "quoted"):
            raise self._unexpected("expected the name of a member")
        return self._advance().text.strip("`")

    # --- primaries ---

    def _primary(self) -> nodes.Node:
        token = self._token
        known = self._known_name() if token.kind in ("name", "number", "op", "other") else None
        if known is not None:
            self._index = known[1]
            return nodes.Name(token.start, known[0])
        if token.kind == "name":
            return self._word(token)
        if token.kind == "number":
            self._index += 1
            return nodes.Literal(token.start, _number(token))
        if token.kind == "string":
            self._index += 1
            return nodes.Literal(token.start, string_value(token))
        if token.kind == "quoted":
            self._index += 1
            return nodes.Name(token.start, token.text.strip("`"))
        return self._bracketed(token)

    def _word(self, token: Token) -> nodes.Node:
        word = token.text
        if word in _CONSTANTS:
            self._index += 1
            return nodes.Literal(token.start, _CONSTANTS[word])
        reader = {"if": self._if, "for": self._for, "some": self._quantified, "every": self._quantified,
                  "function": self._function}.get(word)
        if reader is not None:
            self._index += 1
            return reader(token)
        if word in KEYWORDS:
            raise self._unexpected("expected a value")
        if full_width(word) is not None:
            raise self._unexpected("expected a value")
        self._index += 1
        return nodes.Name(token.start, word)

    def _bracketed(self, token: Token) -> nodes.Node:
        if token.kind == "op":
            reader = {"(": self._parenthesis, "[": self._list_or_range, "]": self._range_from_bracket,
                      "{": self._context, "@": self._at_literal}.get(token.text)
            if reader is not None:
                self._index += 1
                return reader(token)
        raise self._unexpected("expected a value")

    def _at_literal(self, token: Token) -> nodes.Node:
        if self._token.kind != "string":
            raise self._unexpected("expected a string after ‘@’")
        value = read_literal(string_value(self._advance()))
        if value is None:
            raise FeelError("syntax", "No date, time or duration is written like this.", token.start)
        return nodes.Literal(token.start, value)

    def _parenthesis(self, token: Token) -> nodes.Node:
        list_allowed = self._list_at == self._index - 1
        self._list_at = -1
        if self._token.kind == "op" and self._token.text in _UNARY_OPERATORS:
            return self._parenthesised_tests(token, [self._unary_test()], list_allowed)
        first = self.expression()
        if self._at(".."):
            return self._range(token, first)
        return self._parenthesised_tests(token, [first], list_allowed)

    def _parenthesised_tests(self, token: Token, tests: list[nodes.Node], list_allowed: bool) -> nodes.Node:
        while list_allowed and self._take(","):
            tests.append(self._unary_test())
        self._expect(")")
        return tests[0] if len(tests) == 1 else nodes.UnaryTests(token.start, tuple(tests), False)

    def _list_or_range(self, token: Token) -> nodes.Node:
        if self._take("]"):
            return nodes.ListLiteral(token.start, ())
        items = [self._item()]
        if self._at("..") and not isinstance(items[0], nodes.UnaryRange):
            return self._range(token, items[0])
        while self._take(","):
            items.append(self._item())
        self._expect("]")
        return nodes.ListLiteral(token.start, tuple(items))

    def _item(self) -> nodes.Node:
        if self._token.kind == "op" and self._token.text in _UNARY_OPERATORS:
            return self._unary_test()
        return self.expression()

    def _range_from_bracket(self, token: Token) -> nodes.Node:
        first = self.expression()
        if not self._at(".."):
            raise self._unexpected("expected ‘..’")
        return self._range(token, first)

    def _range(self, token: Token, low: nodes.Node) -> nodes.Node:
        self._expect("..")
        self._endpoint = True
        high = self._climb(_SUM)
        self._endpoint = False
        closing = self._advance()
        if closing.kind != "op" or closing.text not in ("]", ")", "["):
            self._index -= closing.kind != "end"
            raise self._unexpected("expected the end of the range")
        return nodes.RangeLiteral(token.start, low, high, token.text == "[", closing.text == "]")

    def _context(self, token: Token) -> nodes.Node:
        entries: dict[str, nodes.Node] = {}
        self._open_scope()
        if not self._take("}"):
            self._entry(entries)
            while self._take(","):
                self._entry(entries)
            self._expect("}")
        self._close_scope()
        return nodes.ContextLiteral(token.start, tuple(entries.items()))

    def _entry(self, entries: dict[str, nodes.Node]) -> None:
        token = self._token
        if token.kind == "string":
            key = string_value(self._advance())
        else:
            key = self._name_until({":"})
        self._expect(":")
        if key in entries:
            raise FeelError("syntax", f"The key ‘{key}’ stands twice in one context.", token.start)
        entries[key] = self.expression()
        self._scopes[-1].add(key)
        self._members.add(key)

    # --- calls and functions ---

    def _call(self, function: nodes.Node) -> nodes.Node:
        if self._take(")"):
            return nodes.Call(function.position, function, ())
        if self._named_argument_ahead():
            return self._call_by_name(function)
        arguments = [self.expression()]
        while self._take(","):
            arguments.append(self.expression())
        self._expect(")")
        return nodes.Call(function.position, function, tuple(arguments))

    def _call_by_name(self, function: nodes.Node) -> nodes.Node:
        arguments: dict[str, nodes.Node] = {}
        while True:
            at = self._token.start
            name = self._name_until({":"})
            self._expect(":")
            if name in arguments:
                raise FeelError("syntax", f"The argument ‘{name}’ is given twice.", at)
            arguments[name] = self.expression()
            if not self._take(","):
                break
        self._expect(")")
        return nodes.Call(function.position, function, tuple(arguments.values()), tuple(arguments))

    def _named_argument_ahead(self) -> bool:
        index = self._index
        if self._tokens[index].kind not in ("name", "quoted"):
            return False
        while self._may_be_in_name(self._tokens[index]) or self._tokens[index].kind == "quoted":
            index += 1
        return self._tokens[index].text == ":"

    def _function(self, token: Token) -> nodes.Node:
        self._expect("(")
        self._open_scope()
        parameters: list[tuple[str, FeelType | None]] = []
        while not self._take(")"):
            if parameters:
                self._expect(",")
            name = self._name_until({":", ",", ")"})
            if any(name == other for other, _ in parameters):
                raise FeelError("syntax", f"The parameter ‘{name}’ stands twice.", token.start)
            parameters.append((name, self._type() if self._take(":") else None))
            self._scopes[-1].add(name)
        if self._at("external"):
            raise FeelError("unsupported", "External functions are not covered.", self._token.start)
        body = self.expression()
        self._close_scope()
        return nodes.FunctionDefinition(token.start, tuple(parameters), body)

    # --- control ---

    def _if(self, token: Token) -> nodes.Node:
        condition = self.expression()
        self._expect("then")
        yes = self.expression()
        self._expect("else")
        return nodes.If(token.start, condition, yes, self.expression())

    def _for(self, token: Token) -> nodes.Node:
        iterators = self._iterators()
        self._expect("return")
        result = self.expression()
        self._close_scope()
        return nodes.For(token.start, iterators, result)

    def _quantified(self, token: Token) -> nodes.Node:
        iterators = self._iterators()
        self._expect("satisfies")
        condition = self.expression()
        self._close_scope()
        return nodes.Quantified(token.start, token.text == "every", iterators, condition)

    def _iterators(self) -> tuple[nodes.Iterator, ...]:
        """The iterators, in a scope that stays open for what follows them."""
        self._open_scope()
        found = [self._iterator()]
        while self._take(","):
            found.append(self._iterator())
        return tuple(found)

    def _iterator(self) -> nodes.Iterator:
        name = self._name_until({"in"})
        self._expect("in")
        domain = self.expression()
        high = self.expression() if self._take("..") else None
        self._scopes[-1].add(name)
        return nodes.Iterator(name, domain, high)

    # --- unary tests ---

    def unary_tests(self) -> nodes.UnaryTests:
        """The tests of a decision table's cell: `-`, `not(…)`, or tests between commas."""
        start = self._token.start
        if self._at("-") and self._tokens[self._index + 1].kind == "end":
            self._index += 1
            return nodes.UnaryTests(start, (nodes.AnyValue(start),), False)
        if self._at("not") and self._tokens[self._index + 1].text == "(":
            negated = self._negated_tests(start)
            if negated is not None:
                return negated
        return nodes.UnaryTests(start, self._test_list(), False)

    def _negated_tests(self, start: int) -> nodes.UnaryTests | None:
        """`not(…)` over the whole text; None, and nothing read, where `not` only begins an expression."""
        before, depth, scopes = self._index, self._depth, len(self._scopes)
        self._index += 2
        try:
            found = self._test_list()
            self._expect(")")
            if self._token.kind == "end":
                return nodes.UnaryTests(start, found, True)
        except FeelError as error:
            if error.code != "syntax":
                raise
        self._index, self._depth = before, depth
        del self._scopes[scopes:]
        return None

    def _test_list(self) -> tuple[nodes.Node, ...]:
        found = [self._unary_test()]
        while self._take(","):
            found.append(self._unary_test())
        return tuple(found)

    def _unary_test(self) -> nodes.Node:
        token = self._token
        if token.kind == "op" and token.text in _UNARY_OPERATORS:
            self._index += 1
            return nodes.UnaryRange(token.start, token.text, self._climb(_SUM))
        return self.expression()


def _number(token: Token) -> Decimal:
    try:
        return NUMBERS.create_decimal(token.text)
    except ArithmeticError:
        raise FeelError("number-range", "A number this large is not covered.", token.start) from None
