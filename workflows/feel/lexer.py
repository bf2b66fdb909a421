"""Cuts an expression into tokens; names are left in their parts, since only the scope tells where a name ends."""
from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .budget import MAX_TEXT
from .errors import FeelError

# DMN 1.3 grammar rules 28 and 29. Full-width punctuation belongs to these ranges; the parser refuses it with a hint
# unless a known name contains it.
_NAME_START = (
    r"?A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_NAME = rf"[{_NAME_START}][{_NAME_START}0-9\u00B7\u0300-\u036F\u203F-\u2040]*"
_SCAN = re.compile(
    rf"""(?P<space>[\s\u0085\u180E\u200B\uFEFF]+|//[^\n\r]*|/\*(?:[^*]|\*(?!/))*\*/)
    |(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<name>{_NAME})
    |(?P<string>"(?:[^"\\\n\r]|\\[^\n\r])*")
    |(?P<quoted>`[^`\n\r]+`)
    |(?P<op>\.\.|\*\*|<=|>=|!=|->|[-+*/=<>()\[\]{{}},:.@'])
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)", re.DOTALL)
_SHORT_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LONE = re.compile("[\ud800-\udfff]")
_PLAIN = re.compile(_NAME)
_FULL_WIDTH = re.compile("[，。、；：（）【】《》〈〉「」『』“”‘’！？＝＞＜＋－＊／～｛｝［］]")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: its kind (`number name string quoted op other end`), its text, where it starts and ends."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The tokens of a text, an `end` token last; raises FeelError where it is too long."""
    if len(text) > MAX_TEXT:
        raise FeelError("too-long", f"An expression of {len(text)} characters; {MAX_TEXT} is the limit.")
    found = [Token(match.lastgroup or "", match[0], match.start(), match.end())
             for match in _SCAN.finditer(text) if match.lastgroup != "space"]
    found.append(Token("end", "", len(text), len(text)))
    return found


@lru_cache(maxsize=4096)
def parts(name: str) -> tuple[str, ...]:
    """A name as the texts of its tokens, the way it is met in an expression; every expression knows the same names."""
    return tuple(token.text for token in tokens(name)[:-1])


def is_plain(name: str) -> bool:
    """Whether a name is one token, so that an expression needs no help to find its end."""
    return _PLAIN.fullmatch(name) is not None and _FULL_WIDTH.search(name) is None


def full_width(text: str) -> str | None:
    """The first full-width punctuation mark in the text, typed where an ASCII one was meant."""
    found = _FULL_WIDTH.search(text)
    return found[0] if found else None


def string_value(token: Token) -> str:
    """The characters that a string literal stands for."""
    body = token.text[1:-1]
    if "\\" in body:
        body = _ESCAPE.sub(lambda match: _escaped(match[1], token), body)
        body = _SURROGATES.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), body)
    if _LONE.search(body):
        raise FeelError("syntax", "A string contains half of a surrogate pair.", token.start)
    return body


def _escaped(sequence: str, token: Token) -> str:
    if len(sequence) > 1:
        code = int(sequence[1:], 16)
        if code > 0x10FFFF:
            raise FeelError("syntax", f"There is no character \\{sequence}.", token.start)
        return chr(code)
    return _SHORT_ESCAPES.get(sequence, "\\" + sequence)
