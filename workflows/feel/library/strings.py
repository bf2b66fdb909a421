"""Functions on strings (DMN 1.3, 10.3.4.3), counted in characters of Unicode; regular expressions are left out."""
from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from ..budget import Run
from ..errors import FeelError
from ..registry import builtin

_META = re.compile(r"[.$^{\[(|)*+?\\\]}]")
_ESCAPED_META = re.compile(r"\\([.$^{\[(|)*+?\\\]}-])")


@builtin("substring", "string: string, start position: number, length: number?")
def substring(run: Run, text: str, start: Decimal, length: Decimal | None = None) -> str | None:
    """The part from a position (from 1, or from -1 backwards) on, to the end or so long."""
    first = _cut(start)
    if not first or abs(first) > len(text):
        return None
    begin = first - 1 if first > 0 else len(text) + first
    if length is None:
        return text[begin:]
    count = _cut(length)
    return text[begin:begin + count] if count > 0 else None


def _cut(number: Decimal) -> int:
    """A position without its fraction, bounded beyond any text."""
    return int(max(min(number, Decimal(10 ** 9)), Decimal(-10 ** 9)))


@builtin("string length", "string: string")
def string_length(run: Run, text: str) -> Decimal:
    """How many characters."""
    return Decimal(len(text))


@builtin("upper case", "string: string")
def upper_case(run: Run, text: str) -> str:
    """In capitals."""
    run.grow(len(text))
    return text.upper()


@builtin("lower case", "string: string")
def lower_case(run: Run, text: str) -> str:
    """In small letters."""
    run.grow(len(text))
    return text.lower()


@builtin("substring before", "string: string, match: string")
def substring_before(run: Run, text: str, match: str) -> str:
    """What stands before the first match; empty where there is none."""
    before, found, _ = text.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after", "string: string, match: string")
def substring_after(run: Run, text: str, match: str) -> str:
    """What stands behind the first match; empty where there is none."""
    return text.partition(match)[2] if match else text


@builtin("contains", "string: string, match: string")
def contains(run: Run, text: str, match: str) -> bool:
    """Whether the match stands somewhere."""
    run.work(1 + (len(text) >> 6))
    return match in text


@builtin("starts with", "string: string, match: string")
def starts_with(run: Run, text: str, match: str) -> bool:
    """Whether the text begins with the match."""
    return text.startswith(match)


@builtin("ends with", "string: string, match: string")
def ends_with(run: Run, text: str, match: str) -> bool:
    """Whether the text ends with the match."""
    return text.endswith(match)


def plain_delimiter(pattern: str) -> str:
    """A delimiter without regular expression: its escaped characters freed; refused where it is a pattern."""
    if _META.search(_ESCAPED_META.sub("", pattern)):
        raise FeelError("unsupported", "‘split’ takes a plain delimiter; regular expressions are not covered.")
    return _ESCAPED_META.sub(lambda match: match[1], pattern)


@builtin("split", "string: string, delimiter: string")
def split(run: Run, text: str, delimiter: str) -> list[str] | None:
    """The pieces between delimiters; only plain delimiters are covered."""
    plain = plain_delimiter(delimiter)
    if not plain:
        raise FeelError("unsupported", "‘split’ needs a delimiter that is not empty.")
    run.grow(len(text))
    return text.split(plain)


@builtin("string join", "list: list")
@builtin("string join", "list: list, delimiter: string?")
@builtin("string join", "list: list, delimiter: string?, prefix: string?, suffix: string?")
def string_join(run: Run, items: list[Any], delimiter: str | None = None, prefix: str | None = None,
                suffix: str | None = None) -> str | None:
    """The strings of a list in one, nulls left out; null where something else is among them."""
    if any(item is not None and not isinstance(item, str) for item in items):
        return None
    kept = [item for item in items if item is not None]
    glue = delimiter or ""
    run.grow(sum(map(len, kept)) + len(glue) * len(kept) + len(prefix or "") + len(suffix or ""))
    return (prefix or "") + glue.join(kept) + (suffix or "")
