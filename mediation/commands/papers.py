"""The kinds of paper from the shell: list them, say what one needs, print a sample of each."""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import click

from documents.bundle import Layouts
from documents.listing import HEADINGS, detail, overview
from documents.refusals import PaperRefused, RendererUnavailable
from documents.samples import write_samples
from documents.workers import Renderer


@click.command("papers")
@click.argument("kind", required=False)
@click.option("--sample", type=click.Path(path_type=Path, file_okay=False), help="Print a sample of each into DIR.")
@click.option("--annex", is_flag=True, help="With --sample: each with its English translation.")
def papers(kind: str | None, sample: Path | None, annex: bool) -> None:
    """Every kind of paper: who signs, seal, number, retention, required facts; or all about one KIND."""
    if sample:
        _print_samples(sample, annex)
    elif kind:
        _describe(kind)
    else:
        for line in _table([HEADINGS, *overview(Layouts.shipped())]):
            click.echo(line)


def _describe(kind: str) -> None:
    try:
        lines = detail(Layouts.shipped(), kind)
    except PaperRefused as refused:
        click.echo(refused.message_en, err=True)
        sys.exit(2)
    click.echo("\n".join(lines))


def _print_samples(folder: Path, annex: bool) -> None:
    try:
        with Renderer() as renderer:
            for path in write_samples(folder, renderer, annex=annex):
                click.echo(path)
    except RendererUnavailable as unavailable:
        for problem in unavailable.problems:
            click.echo(problem, err=True)
        sys.exit(1)


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    """Columns that a terminal takes: a Chinese character two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
