"""Serving, working, and what is in the database when one begins."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from mediation import schema
from mediation.cases.recognition import catch_up
from mediation.cli import create
from mediation.demo import load, publish_shipped, replace
from mediation.server import serve, work


@click.command("run")
@click.option("--host", help="Address to listen on; also HOST.")
@click.option("--port", type=int, help="Port to listen on; also PORT.")
@click.option("--demo/--no-demo", default=None, help="Load the demonstration centre into an empty database.")
def run(host: str | None, port: int | None, demo: bool | None) -> None:
    """Bring the database up to date, load the demonstration centre on first start, and serve."""
    serve(create(), host, port, demo)


@click.command("worker")
def worker() -> None:
    """Fire timers, render papers and send notices, without serving pages. Any number may run."""
    work(create())


@click.command("demo")
@click.option("--yes", is_flag=True, help="Do not ask before everything in the database is replaced.")
@with_appcontext
def demo(yes: bool) -> None:
    """Load the demonstration centre, or load it again in place of what is there."""
    schema.upgrade()
    if not load():
        if not yes:
            click.confirm(
                "The database is not empty. Delete everything in it and load the demonstration centre?", abort=True
            )
        replace()
    click.echo("The demonstration centre is loaded.")


@click.command("upgrade")
@with_appcontext
def upgrade() -> None:
    """Apply the migrations that are missing; a new database gets the flows that the program ships with."""
    schema.upgrade()
    publish_shipped()
    catch_up()
    click.echo("The database is up to date.")
