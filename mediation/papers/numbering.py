"""Gapless numbers: one series a body and year, allocated under lock inside the transaction that uses the number."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from mediation.extensions import db
from mediation.models import Agency, NumberSeries

DOSSIER = "人调字"
NOTICE = "告字"


def next_number(agency: Agency, series: str, year: int) -> str:
    """The next number of the series, such as `青禾〔2026〕人调字第128号`.

    The row stays locked until the transaction ends: a rollback gives the number back, so that none is ever missing.
    """
    insert = (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert
    first = insert(NumberSeries).values(agency_id=agency.id, series=series, year=year, last=0)
    db.session.execute(first.on_conflict_do_nothing())
    query = select(NumberSeries).where(
        NumberSeries.agency_id == agency.id, NumberSeries.series == series, NumberSeries.year == year
    )
    row = db.session.scalars(query.with_for_update(), execution_options={"populate_existing": True}).one()
    row.last += 1
    db.session.flush()
    return f"{agency.short_name or agency.name}〔{year}〕{series}第{row.last}号"
