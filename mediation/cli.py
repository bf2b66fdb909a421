"""The `mediation` command: serve, work, check, load the demonstration centre, and try flows from the shell."""

from __future__ import annotations

import sys
from importlib import import_module

import click
from flask import Flask
from flask.cli import FlaskGroup

from mediation.config import ConfigurationRefused

# Where each command stands. A module is read when one of its commands is called: `feel` answers in a third of a
# second, which it could not if it had to load tables, engine and pages first.
COMMANDS = {
    "run": "serving",
    "worker": "serving",
    "demo": "serving",
    "upgrade": "serving",
    "doctor": "checking",
    "translations": "checking",
    "migrations": "checking",
    "agency": "people",
    "user": "people",
    "journal": "people",
    "seal": "sealing",
    "archive": "archives",
    "lint": "flows",
    "publish": "flows",
    "flows": "flows",
    "layout": "flows",
    "papers": "papers",
    "feel": "consoles",
    "decide": "consoles",
    "simulate": "simulating",
}


class Commands(FlaskGroup):
    """Flask's group, with commands that are found by name."""

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        found = getattr(import_module(f"mediation.commands.{COMMANDS[name]}"), name)
        assert isinstance(found, click.Command)
        return found

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)


def create() -> Flask:
    """The application; where its settings are refused, the reasons on standard error and exit 2."""
    from app import create_app  # `app` composes the whole program: only commands that need it build it

    try:
        return create_app()
    except ConfigurationRefused as refused:
        for reason in refused.reasons:
            click.echo(reason, err=True)
        sys.exit(2)


group = Commands(
    name="mediation", create_app=create, add_default_commands=False, add_version_option=False,
    help="Case manager for dispute mediation.",
)  # fmt: skip


def main() -> None:
    """Entry point of the `mediation` command."""
    group()
