"""Agencies and accounts from the shell, and whether the journal holds."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup
from sqlalchemy import select

from mediation.accounts.operations import AccountRefused, create_user
from mediation.extensions import command, db
from mediation.journal import record, verify
from mediation.models import Agency

agency = AppGroup("agency", help="Agencies.")


@agency.command("add")
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
        record("agency-created", by=None, subject=f"agency:{key}", details={"key": key})
    click.echo(f"{key} is entered.")


user = AppGroup("user", help="Accounts.")


@user.command("add")
@click.argument("login")
@click.option("--name", required=True, help="The person's name.")
@click.option("--email", default="", help="Where a link for a forgotten password is sent.")
@click.option(
    "--role", "roles", multiple=True, required=True, help="ROLE@AGENCY, such as mediator@committee; repeatable."
)
@click.option("--password", help="Asked for when left out.")
def add_user(login: str, name: str, email: str, roles: tuple[str, ...], password: str | None) -> None:
    """Create an account with one or more roles."""
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


journal = AppGroup("journal", help="The append-only journal.")


@journal.command("verify")
def verify_journal() -> None:
    """Find rows that were changed, removed or cut off."""
    breaks = list(verify())
    for found in breaks:
        click.echo(f"chain {found.chain}, entry {found.ordinal}: {found.reason}")
    click.echo("The journal holds." if not breaks else f"{len(breaks)} places do not hold.")
    sys.exit(1 if breaks else 0)
