"""Flows from the shell: check them, list them, let new cases follow them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from mediation import releases
from mediation.config import ROOT
from mediation.extensions import command
from mediation.releases import shipped_bundle
from mediation.vocabulary import shipped_vocabulary
from workflows import lint as linting
from workflows.bundle import read_folder
from workflows.layout import TRIES, lay_out


@click.command("lint")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", help="Language of the sentences.")
def lint(files: tuple[Path, ...], language: str) -> None:
    """Check flows, decisions and forms. Errors: exit 1; warnings are printed."""
    problems = linting.lint_paths(files, shipped_bundle(), shipped_vocabulary())
    for problem in problems:
        place = f"{problem.file}:{problem.line}" if problem.line else problem.file
        element = f" [{problem.element_id}]" if problem.element_id else ""
        click.echo(f"{place}: {problem.severity} {problem.code}{element}: {linting.problem_text(problem, language)}")
    sys.exit(1 if any(problem.severity == "error" for problem in problems) else 0)


@click.command("publish")
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--note", default="", help="What is new in it, for the list of releases.")
@with_appcontext
def publish(folder: Path | None, note: str) -> None:
    """Let new cases follow the flows in FOLDER, or those that the program ships with. Errors of lint: exit 1."""
    bundle = read_folder(folder, ROOT / "documents") if folder else shipped_bundle()
    errors = [found for found in linting.lint(bundle, shipped_vocabulary()) if found.severity == "error"]
    for problem in errors:
        click.echo(f"{problem.file}:{problem.line}: {problem.code} [{problem.element_id}]: {problem.message}", err=True)
    if errors:
        sys.exit(1)
    with command():
        release = releases.publish(bundle, note=note, by=None)
    click.echo(f"New cases follow release {release.hash[:12]}.")


@click.command("flows")
@click.option("--json", "as_json", is_flag=True, help="Print a list of processes with their tasks.")
def flows(as_json: bool) -> None:
    """Every process with its user tasks: role, form, deadline and legal ground."""
    listed = linting.listing(shipped_bundle())
    if as_json:
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    for process in listed:
        click.echo(f"{process['process']}  {process['name']}")
        for task in process["tasks"]:
            click.echo(
                f"  {task['id']}  {task['name']}  {task['role']}  {task['form']}  {task['deadline']}  {task['ground']}"
            )


@click.command("layout")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--tries", default=TRIES, show_default=True, help="How many arrangements are tried.")
def layout(files: tuple[Path, ...], tries: int) -> None:
    """Draw the flows in FILES anew, from left to right; nothing but the drawing changes. No flow in a file: exit 1."""
    for path in files:
        try:
            path.write_bytes(lay_out(path.read_bytes(), tries))
        except (ValueError, SyntaxError) as refused:
            click.echo(f"{path}: {refused}", err=True)
            sys.exit(1)
