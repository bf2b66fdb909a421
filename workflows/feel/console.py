"""Answers for the command line: an expression and a context in, a line of JSON out, numbers written exactly."""
from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from .convert import to_json
from .errors import FeelError
from .expression import evaluate


def answer(line: Mapping[str, Any], *, now: datetime | None = None) -> dict[str, Any]:
    """`{"value": …}` or `{"error": "…"}` for `{"expression": "…", "context": {…}}`; the context may be left out.

    Numbers in the value are int or Decimal; `render` writes them. Give contexts parsed with `parse_float=Decimal`
    where fractions must stay exact.
    """
    expression, context = line.get("expression"), line.get("context")
    if not isinstance(expression, str):
        return {"error": "A line needs an ‘expression’ that is text."}
    if context is not None and not isinstance(context, Mapping):
        return {"error": "The ‘context’ is a JSON object."}
    try:
        return {"value": to_json(evaluate(expression, context, now=now), exact=True)}
    except FeelError as error:
        return {"error": f"{error.code}: {error}"}


def read_json(text: str) -> Any:
    """JSON whose fractions keep all their digits. Raises ValueError where it is none, or nested beyond reading."""
    try:
        return json.loads(text, parse_float=Decimal)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def render(value: Any) -> str:
    """JSON text of an answer, decimals with all their digits, Chinese as it is."""
    if isinstance(value, Decimal):
        return str(value) if abs(value.adjusted()) > 40 else format(value, "f")
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {render(item)}"
                               for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(render(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
