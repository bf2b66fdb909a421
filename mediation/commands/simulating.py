"""A simulated year: many cases through all flows, without anybody at the window."""

from __future__ import annotations

import sys
import tempfile
import time

import click
from flask import Flask

from mediation import schema
from mediation.simulation.year import Summary
from mediation.simulation.year import simulate as run_year

# A street's year on the ladder, as it was published: all reports, settled in the grid itself, handed up.
REPORTED, SELF_HANDLED, ESCALATED = 4011, 2904, 986


@click.command("simulate")
@click.option("--cases", "count", default=4011, show_default=True, help="How many cases come in.")
@click.option("--seed", default=1, show_default=True, help="The same seed, the same people.")
@click.option("--days", default=365, show_default=True, help="Over how many days they come.")
@click.option("--keep", type=click.Path(dir_okay=False), help="Keep the database in this new file, to look at it.")
def simulate(count: int, seed: int, days: int, keep: str | None) -> None:
    """Run cases through all flows with made-up people and moving time, in a database of its own; exit 1 on any trouble."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, _app(keep or f"{folder}/simulation.sqlite").app_context():
        schema.upgrade()
        summary = run_year(count, seed, days, note=lambda line: click.echo(line, err=True))
    _print(summary, time.monotonic() - began)
    sys.exit(1 if summary.troubles else 0)


def _app(path: str) -> Flask:
    from app import create_app  # `app` stands above this module

    return create_app({"DATABASE": f"sqlite:///{path}", "MODE": "demo"})


def _print(summary: Summary, seconds: float) -> None:
    click.echo(f"{summary.cases} cases, {summary.closed} closed ({_share(summary.closed, summary.cases)}), "
               f"{summary.tasks} tasks done, {summary.timers} timers fired, {seconds:.0f} s")  # fmt: skip
    for title, table in (("flow", summary.by_flow), ("level", summary.by_level)):
        for key, (number, closed) in table.items():
            click.echo(f"  {title:8}{key or '-':24}{number:6} cases {closed:6} closed {_share(closed, number):>7}")
    _print_ladder(summary.ladder)
    for key, number in summary.by_outcome.items():
        click.echo(f"  {'outcome':8}{key or '-':24}{number:6}")
    for key, number in summary.beside.items():
        click.echo(f"  {'beside':8}{key:24}{number:6} times")
    if summary.troubles:  # each was told when it happened
        click.echo(f"  {len(summary.troubles)} troubles, told above", err=True)


def _print_ladder(ladder: dict[str, int]) -> None:
    """Where the reports from the grid were closed, beside the figures of the street that the ladder is modelled on."""
    whole, in_grid = sum(ladder.values()), ladder["grid"]
    escalated = sum(number for rung, number in ladder.items() if rung not in ("grid", ""))
    for rung, number in ladder.items():
        told = f"of {whole:6} reports from the grid {_share(number, whole):>7}"
        click.echo(f"  {'ladder':8}{rung or 'not closed':24}{number:6} {told}")
    for title, (all_, settled, up) in {
        "here": (whole, in_grid, escalated),
        "source": (REPORTED, SELF_HANDLED, ESCALATED),
    }.items():
        told = f"{settled} settled in the grid {_share(settled, all_)}, {up} escalated {_share(up, all_)}"
        click.echo(f"  {'ladder':8}{title:24}{all_:6} in all, {told}")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"
