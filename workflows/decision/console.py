"""Answers for the command line: a decision file, a decision and a context in, a value or a refusal out."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from workflows.feel.convert import to_json
from workflows.feel.errors import FeelError

from .deciding import decide
from .reading import MAX_BYTES, load


def answer(line: Mapping[str, Any], *, now: datetime | None = None) -> dict[str, Any]:
    """`{"value": …}` or `{"error": "…"}` for `{"file": "path", "decision": "id or name", "context": {…}}`."""
    file = line.get("file")
    if not isinstance(file, str):
        return {"error": "A line needs a ‘file’ that is text."}
    try:
        with Path(file).open("rb") as source:
            xml = source.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        return {"error": f"The file cannot be read: {error}"}
    return answer_for(xml, line, now=now)


def answer_for(xml: bytes, line: Mapping[str, Any], *, now: datetime | None = None) -> dict[str, Any]:
    """The same for the bytes of a file and `{"decision": …, "context": {…}}`.

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
