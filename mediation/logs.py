"""Logs as one JSON object a line, without personal data: who and what is named by ids only."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

from flask import Flask, g, has_request_context, request

# SpiffWorkflow's records carry the data of the task; werkzeug's carry addresses with what somebody searched for.
_QUIET = ("spiff.task", "spiff.workflow", "spiff", "werkzeug", "weasyprint", "fontTools", "apscheduler", "alembic",
          "pikepdf", "pyhanko", "pyhanko_certvalidator")  # fmt: skip
# What a record may carry besides its message; anything else that somebody passes as `extra` stays out.
_ALLOWED = ("case", "task", "event", "count", "status", "ms", "code", "paper", "notice")


class JsonLines(logging.Formatter):
    """Formats a record; of an exception the type and the places, not its message, which may quote what was typed."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in _ALLOWED if hasattr(record, name)}
        if has_request_context():
            line["request"] = g.get("request_id", "")
            line["endpoint"] = request.endpoint or ""
        if record.exc_info and record.exc_info[0]:
            frames = traceback.extract_tb(record.exc_info[2])
            line["error"] = record.exc_info[0].__name__
            line["places"] = [f"{frame.filename.rsplit('/', 3)[-1]}:{frame.lineno}" for frame in frames[-8:]]
        return json.dumps(line, ensure_ascii=False)


def init_app(app: Flask) -> None:
    """Send everything to standard error in this form, once."""
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # It warns every second while a job takes longer than its interval, which is how the queues of work are emptied.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    root = logging.getLogger()
    if not any(isinstance(handler.formatter, JsonLines) for handler in root.handlers):
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        root.addHandler(handler)
    root.setLevel(app.config["LOG_LEVEL"])
