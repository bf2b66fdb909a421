"""The `mediation` command: serve, work, check, load the demonstration centre, and try flows from the shell."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup, FlaskGroup, with_appcontext
from sqlalchemy import select

from mediation import catalogue, doctor, journal, releases, schema
from mediation.config import ROOT, ConfigurationRefused
from mediation.extensions import command, db
from mediation.models import Agency
from mediation.releases import shipped_bundle
from mediation.vocabulary import shipped_vocabulary
from workflows import lint as linting
from workflows.bundle import read_folder
from workflows.decision import console as decisions
from workflows.feel import console as feel_console


def _create() -> Flask:
    from app import create_app  # noqa: PLC0415 - only commands that need the application build it

    try:
        return create_app()
    except ConfigurationRefused as refused:
        for reason in refused.reasons:
            click.echo(reason, err=True)
        sys.exit(2)


group = FlaskGroup(
    name="mediation", create_app=_create, add_default_commands=False, add_version_option=False,
    help="Case manager for dispute mediation.",
)  # fmt: skip


def main() -> None:
    """Entry point of the `mediation` command."""
    group()


# --- serve ----------------------------------------------------------------------------------------------------------


@group.command("run")
@click.option("--host", help="Address to listen on; also HOST.")
@click.option("--port", type=int, help="Port to listen on; also PORT.")
@click.option("--demo/--no-demo", default=None, help="Load the demonstration centre into an empty database.")
def run(host: str | None, port: int | None, demo: bool | None) -> None:
    """Bring the database up to date, load the demonstration centre on first start, and serve."""
    from mediation.server import serve  # noqa: PLC0415 - gunicorn is not needed by the other commands

    serve(_create(), host, port, demo)


@group.command("worker")
def worker() -> None:
    """Fire timers, render papers and send notices, without serving pages. Any number may run."""
    from mediation.server import work  # noqa: PLC0415 - as above

    work(_create())


@group.command("demo")
@click.option("--yes", is_flag=True, help="Do not ask before everything in the database is replaced.")
@with_appcontext
def demo(yes: bool) -> None:
    """Load the demonstration centre, or load it again in place of what is there."""
    from mediation.demo import load, replace  # noqa: PLC0415 - a large module that nothing else needs

    schema.upgrade()
    if not load():
        if not yes:
            click.confirm(
                "The database is not empty. Delete everything in it and load the demonstration centre?", abort=True
            )
        replace()
    click.echo("The demonstration centre is loaded.")


@group.command("upgrade")
@with_appcontext
def upgrade() -> None:
    """Apply the migrations that are missing; a new database gets the flows that the program ships with."""
    from mediation.demo import publish_shipped  # noqa: PLC0415 - as above

    schema.upgrade()
    publish_shipped()
    click.echo("The database is up to date.")


# --- check ----------------------------------------------------------------------------------------------------------


@group.command("doctor")
@with_appcontext
def run_doctor() -> None:
    """Check libraries, fonts, database, secrets, clock and disk, and say what to do about each."""
    findings = doctor.examine()
    for finding in findings:
        click.echo(
            f"{'ok  ' if finding.good else 'FAIL' if finding.fatal else 'warn'}  {finding.name}: {finding.message}"
        )
        if not finding.good and finding.advice:
            click.echo(f"      {finding.advice}")
    sys.exit(1 if any(finding.fatal and not finding.good for finding in findings) else 0)


@group.command("translations")
@click.option("--check", is_flag=True, help="Fail when a text has no translation, or a translation no text.")
@click.option("--update", is_flag=True, help="Bring the catalogue up to the texts of code and templates.")
def run_translations(check: bool, update: bool) -> None:
    """Update or check the Chinese catalogue of the pages."""
    if update:
        click.echo(f"{catalogue.update()} texts are not translated yet.")
    wrong = [f"no translation: {text}" for text in catalogue.missing()] if check else []
    wrong += [f"no such text any more: {text}" for text in catalogue.unused()] if check else []
    for line in wrong:
        click.echo(line, err=True)
    sys.exit(1 if wrong else 0)


@group.command("migrations")
@click.option("--check", is_flag=True, help="Fail when models and migrations differ.")
@click.option("--new", help="Write a new migration with this message.")
def run_migrations(check: bool, new: str | None) -> None:
    """Compare models with migrations, on a database of its own, or write a new migration."""
    differences = _with_scratch_database(new) if (check or new) else []
    for difference in differences:
        click.echo(f"models and migrations differ: {difference}", err=True)
    sys.exit(1 if differences and check else 0)


def _with_scratch_database(new: str | None) -> list[Any]:
    """Migrate an empty scratch database; write the migration `new`, or return the differences."""
    import tempfile  # noqa: PLC0415

    from app import create_app  # noqa: PLC0415 - as above

    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"DATABASE": f"sqlite:///{folder}/scratch.sqlite", "MODE": "demo"})
        with app.app_context():
            schema.upgrade()
            if new:
                schema.revise(new)
                return []
            return schema.differences()


# --- people and journal ---------------------------------------------------------------------------------------------

agency_group = AppGroup("agency", help="Agencies.")
group.add_command(agency_group)


@agency_group.command("add")
@click.argument("key")
@click.option("--name", required=True, help="As it stands on papers.")
@click.option("--kind", default="centre", show_default=True, help="centre, committee, court, police …")
@click.option("--short-name", default="", help="The word in the numbers of papers.")
@click.option("--phone", default="", help="The number that residents are told.")
def add_agency(key: str, name: str, kind: str, short_name: str, phone: str) -> None:
    """Enter the first agency of a new house, so that accounts can belong to it; the others are entered in the pages."""
    with command():
        if db.session.scalar(select(Agency.id).where(Agency.key == key)) is not None:
            raise click.ClickException(f"There is already an agency {key}.")
        db.session.add(Agency(key=key, name=name, kind=kind, short_name=short_name, phone=phone, active=True))
        journal.record("agency-created", by=None, subject=f"agency:{key}", details={"key": key})
    click.echo(f"{key} is entered.")


user_group = AppGroup("user", help="Accounts.")
group.add_command(user_group)


@user_group.command("add")
@click.argument("login")
@click.option("--name", required=True, help="The person's name.")
@click.option("--email", default="", help="Where a link for a forgotten password is sent.")
@click.option(
    "--role", "roles", multiple=True, required=True, help="ROLE@AGENCY, such as mediator@committee; repeatable."
)
@click.option("--password", help="Asked for when left out.")
def add_user(login: str, name: str, email: str, roles: tuple[str, ...], password: str | None) -> None:
    """Create an account with one or more roles."""
    from mediation.accounts.operations import AccountRefused, create_user  # noqa: PLC0415

    secret = password or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        with command():
            create_user(
                login=login, name=name, email=email, roles=[_role(text) for text in roles], password=secret, by=None
            )
    except AccountRefused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{login} can sign in.")


def _role(text: str) -> tuple[str, str]:
    role, _, agency = text.partition("@")
    if not role or not agency:
        raise click.BadParameter("a role is written ROLE@AGENCY", param_hint="--role")
    return role, agency


journal_group = AppGroup("journal", help="The append-only journal.")
group.add_command(journal_group)


@journal_group.command("verify")
def verify_journal() -> None:
    """Find rows that were changed, removed or cut off."""
    breaks = list(journal.verify())
    for found in breaks:
        click.echo(f"chain {found.chain}, entry {found.ordinal}: {found.reason}")
    click.echo("The journal holds." if not breaks else f"{len(breaks)} places do not hold.")
    sys.exit(1 if breaks else 0)


# --- flows ----------------------------------------------------------------------------------------------------------


@group.command("lint")
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


@group.command("publish")
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--note", default="", help="What is new in it, for the list of releases.")
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


@group.command("flows")
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


@group.command("feel", with_appcontext=False)
@click.argument("expression", required=False)
@click.option("--context", type=click.Path(path_type=Path), help="JSON file with the variables.")
@click.option("--batch", type=click.Path(path_type=Path), help='JSON lines: {"expression": …, "context": {…}}.')
def feel(expression: str | None, context: Path | None, batch: Path | None) -> None:
    """Evaluate a FEEL expression and print the result as JSON. A refusal exits 2."""
    if batch is not None:
        _answer_lines(batch, feel_console.answer)
    elif expression is not None:
        _answer_one(feel_console.answer({"expression": expression, "context": _context(context)}))
    else:
        raise click.UsageError("give an expression or --batch")


@group.command("decide", with_appcontext=False)
@click.argument("file", required=False, type=click.Path())
@click.argument("decision", required=False)
@click.option("--context", type=click.Path(path_type=Path), help="JSON file with the inputs.")
@click.option("--batch", type=click.Path(path_type=Path), help='JSON lines: {"file", "decision", "context"}.')
def decide(file: str | None, decision: str | None, context: Path | None, batch: Path | None) -> None:
    """Evaluate a decision, named by id or name, and print the result as JSON. A refusal exits 2."""
    if batch is not None:
        _answer_lines(batch, decisions.answer)
    elif file is not None and decision is not None:
        _answer_one(decisions.answer({"file": file, "decision": decision, "context": _context(context)}))
    else:
        raise click.UsageError("give a file and a decision, or --batch")


def _context(path: Path | None) -> Any:
    if path is None:
        return {}
    try:
        return feel_console.read_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        click.echo(f"the context cannot be read: {error}", err=True)
        sys.exit(2)


def _answer_one(answer: dict[str, Any]) -> None:
    if "error" in answer:
        click.echo(answer["error"], err=True)
        sys.exit(2)
    click.echo(feel_console.render(answer["value"]))


def _answer_lines(path: Path, answer: Any) -> None:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError) as error:
        click.echo(f"the batch cannot be read: {error}", err=True)
        sys.exit(2)
    for line in lines:
        if line.strip():
            click.echo(feel_console.render(_answer_line(line, answer)))


def _answer_line(line: str, answer: Any) -> dict[str, Any]:
    try:
        asked = feel_console.read_json(line)
    except ValueError as error:
        return {"error": f"the line is not JSON: {error}"}
    return answer(asked) if isinstance(asked, dict) else {"error": "the line is not an object"}
