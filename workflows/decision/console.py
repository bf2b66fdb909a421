"""Answers for the command line: a decision file, a decision and a context in, a value or a refusal out."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflows.feel.convert import to_json
from workflows.feel.errors import FeelError

from .deciding import decide
from .reading import load


def answer(xml: bytes, line: Mapping[str, Any], *, now: datetime | None = None) -> dict[str, Any]:
    """`{"value": …}` or `{"error": "…"}` for a file's bytes and `{"decision": "id or name", "context": {…}}`.

    Numbers in the value are int or Decimal; `workflows.feel.render` writes them.
    """
    wanted, context = line.get("decision"), line.get("context")
    if not isinstance(wanted, str):
        return {"error": "A line needs a ‘decision’ that is text."}
    if context is not None and not isinstance(context, Mapping):
        return {"error": "The ‘context’ is a JSON object."}
    try:
        return {"value": to_json(decide(load(xml), wanted, context or {}, now=now), exact=True)}
    except FeelError as error:
        return {"error": f"{error.code}: {error}"}
