"""Gapless numbers: one series a body and year, allocated under lock inside the transaction that uses the number.

A dossier is `（2026）青禾人调字第12号`, with the year in the round brackets that 人调字 numbers have in the ministry's forms.
The dossier's own papers and the agreement bear that very number (卷号 = 协议号); every other paper of the case adds its
serial, `（2026）青禾人调字第12号之3`: said over the telephone it still names the dossier, and no two papers share a number.
What leaves the house before there is a dossier, or goes to another agency, is a letter: `（2026）青禾函字第5号`.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from mediation import clock
from mediation.extensions import db
from mediation.models import Agency, Case, NumberSeries

DOSSIER = "人调字"
LETTER = "函字"


def next_number(agency: Agency, series: str, year: int) -> str:
    """The next number of the series, such as `（2026）青禾人调字第128号`.

    The row stays locked until the transaction ends: a rollback gives the number back, so that none is ever missing.
    """
    return f"（{year}）{agency.short_name or agency.name}{series}第{_next(agency.id, series, year)}号"


def paper_number(case: Case, series: str) -> str | None:
    """The number that a paper of the case gets by the `numbering` of its kind; None where it has none or brings its own.

    `dossier`: the dossier's; `paper`: the dossier's with the next serial of the case; `letter`: the next of the centre.
    """
    if series == "dossier":
        return case.display_number
    if series == "paper" and case.number:
        return f"{case.number}之{_next(case.agency_id, f'case:{case.id}', 0)}"
    if series in ("paper", "letter", "notice"):
        return next_number(case.agency, LETTER, clock.today().year)
    return None


def _next(agency_id: int, series: str, year: int) -> int:
    insert = (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert
    first = insert(NumberSeries).values(agency_id=agency_id, series=series, year=year, last=0)
    db.session.execute(first.on_conflict_do_nothing())
    query = select(NumberSeries).where(
        NumberSeries.agency_id == agency_id, NumberSeries.series == series, NumberSeries.year == year
    )
    row = db.session.scalars(query.with_for_update(), execution_options={"populate_existing": True}).one()
    row.last += 1
    db.session.flush()
    return row.last
