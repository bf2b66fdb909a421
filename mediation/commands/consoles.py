"""FEEL and decisions tried from the shell: no database, no application, JSON in and out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from mediation import clock
from workflows.decision import console as decisions
from workflows.feel import console as feel_console

Answer = Callable[[dict[str, Any]], dict[str, Any]]
# An expression may begin with a minus: what is no option of ours is the expression.
AS_GIVEN = {"ignore_unknown_options": True}


@click.command("feel", context_settings=AS_GIVEN)
@click.argument("expression", required=False)
@click.option("--context", type=click.Path(path_type=Path), help="JSON file with the variables.")
@click.option("--batch", type=click.Path(path_type=Path), help='JSON lines: {"expression": …, "context": {…}}.')
def feel(expression: str | None, context: Path | None, batch: Path | None) -> None:
    """Evaluate a FEEL expression and print the result as JSON. A refusal exits 2."""
    if batch is not None:
        _answer_lines(batch, partial(feel_console.answer, now=clock.now()))
    elif expression is not None:
        _answer_one(feel_console.answer({"expression": expression, "context": _context(context)}, now=clock.now()))
    else:
        raise click.UsageError("give an expression or --batch")


@click.command("decide", context_settings=AS_GIVEN)
@click.argument("file", required=False, type=click.Path())
@click.argument("decision", required=False)
@click.option("--context", type=click.Path(path_type=Path), help="JSON file with the inputs.")
@click.option("--batch", type=click.Path(path_type=Path), help='JSON lines: {"file", "decision", "context"}.')
def decide(file: str | None, decision: str | None, context: Path | None, batch: Path | None) -> None:
    """Evaluate a decision, named by id or name, and print the result as JSON. A refusal exits 2."""
    if batch is not None:
        _answer_lines(batch, partial(decisions.answer, now=clock.now()))
    elif file is not None and decision is not None:
        asked = {"file": file, "decision": decision, "context": _context(context)}
        _answer_one(decisions.answer(asked, now=clock.now()))
    else:
        raise click.UsageError("give a file and a decision, or --batch")


def _context(path: Path | None) -> Any:
    if path is None:
        return {}
    try:
        return feel_console.read_json(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        click.echo(f"the context cannot be read: {error}", err=True)
        sys.exit(2)


def _answer_one(answer: dict[str, Any]) -> None:
    if "error" in answer:
        click.echo(answer["error"], err=True)
        sys.exit(2)
    click.echo(feel_console.render(answer["value"]))


def _answer_lines(path: Path, answer: Answer) -> None:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, ValueError) as error:
        click.echo(f"the batch cannot be read: {error}", err=True)
        sys.exit(2)
    for line in lines:
        if line.strip():
            click.echo(feel_console.render(_answer_line(line, answer)))


def _answer_line(line: str, answer: Answer) -> dict[str, Any]:
    try:
        asked = feel_console.read_json(line)
    except ValueError as error:
        return {"error": f"the line is not JSON: {error}"}
    return answer(asked) if isinstance(asked, dict) else {"error": "the line is not an object"}
