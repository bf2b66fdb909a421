"""Is everything as it should be: the installation, the Chinese catalogue, the migrations."""

from __future__ import annotations

import sys
import tempfile
from typing import Any

import click
from flask.cli import with_appcontext

from mediation import catalogue, schema
from mediation.doctor import examine


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Check libraries, fonts, database, secrets, clock and disk, and say what to do about each."""
    findings = examine("en")
    for finding in findings:
        click.echo(
            f"{'ok  ' if finding.good else 'FAIL' if finding.fatal else 'warn'}  {finding.name}: {finding.message}"
        )
        if not finding.good and finding.advice:
            click.echo(f"      {finding.advice}")
    sys.exit(1 if any(finding.fatal and not finding.good for finding in findings) else 0)


@click.command("translations")
@click.option("--check", is_flag=True, help="Fail when a text has no translation, or a translation no text.")
@click.option("--update", is_flag=True, help="Bring the catalogue up to the texts of code and templates.")
def translations(check: bool, update: bool) -> None:
    """Update or check the Chinese catalogue of the pages."""
    if update:
        click.echo(f"{catalogue.update()} texts are not translated yet.")
    wrong = [f"no translation: {text}" for text in catalogue.missing()] if check else []
    wrong += [f"no such text any more: {text}" for text in catalogue.unused()] if check else []
    for line in wrong:
        click.echo(line, err=True)
    sys.exit(1 if wrong else 0)


@click.command("migrations")
@click.option("--check", is_flag=True, help="Fail when models and migrations differ.")
@click.option("--new", help="Write a new migration with this message.")
def migrations(check: bool, new: str | None) -> None:
    """Compare models with migrations, on a database of its own, or write a new migration."""
    differences = _with_scratch_database(new) if (check or new) else []
    for difference in differences:
        click.echo(f"models and migrations differ: {difference}", err=True)
    sys.exit(1 if differences and check else 0)


def _with_scratch_database(new: str | None) -> list[Any]:
    """Migrate an empty scratch database; write the migration `new`, or return the differences."""
    from app import create_app  # `app` stands above this module

    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"DATABASE": f"sqlite:///{folder}/scratch.sqlite", "MODE": "demo"})
        with app.app_context():
            schema.upgrade()
            if new:
                schema.revise(new)
                return []
            return schema.differences()
