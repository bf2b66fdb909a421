"""A database full of rows goes back to the tables of an earlier program and comes again, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import JSON, Column, Table, create_engine, inspect, text

from app import create_app
from mediation import schema
from mediation.extensions import command, db
from mediation.models.types import Moment, Money, Secret, SecretJson
from tests.conftest import POSTGRES

pytestmark = pytest.mark.database
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
VALUES = {
    bool: False,
    int: 1,
    str: "x",
    date: NOW.date(),
    datetime: NOW,
    Decimal: Decimal(1),
    bytes: b"x",
    float: 1.0,
}


@pytest.fixture
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of its own: nobody else's tables are taken apart."""
    if request.config.getoption("--database") == "sqlite":
        yield f"sqlite:///{tmp_path / 'full.sqlite'}"
        return
    name = f"mediation_migrating_{tmp_path.name}".replace("-", "_")
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP SCHEMA IF EXISTS "{name}" CASCADE'))
        connection.execute(text(f'CREATE SCHEMA "{name}"'))
    yield f"{POSTGRES}?options=-csearch_path%3D{name}"
    with admin.connect() as connection:
        connection.execute(text(f'DROP SCHEMA "{name}" CASCADE'))
    admin.dispose()


@pytest.fixture
def full(address: str, tmp_path: Path) -> Iterator[Flask]:
    """A row in every table, each pointing at the first of those that it has to point at."""
    app = create_app({"DATABASE": address, "OUTBOX": str(tmp_path / "outbox")})
    with app.app_context():
        schema.upgrade()
        with command():
            for table in db.metadata.sorted_tables:
                if db.session.execute(table.select().limit(1)).first() is None:
                    db.session.execute(table.insert().values(a_row_of(table)))
        yield app
        db.session.remove()
        db.engine.dispose()


def a_row_of(table: Table) -> dict[str, Any]:
    wanted = [column for column in table.columns if not column.nullable and column.default is None]
    return {column.key: a_value_of(column) for column in wanted if not is_counted(column)}


def is_counted(column: Column[Any]) -> bool:
    """Whether the database gives the number itself."""
    return column is column.table.autoincrement_column


def a_value_of(column: Column[Any]) -> Any:
    for key in column.foreign_keys:
        return db.session.execute(key.column.table.select().with_only_columns(key.column).limit(1)).scalar_one()
    own = {Moment: NOW, Money: Decimal(1), Secret: "x", SecretJson: {}, JSON: {}}.get(type(column.type))
    return VALUES[column.type.python_type] if own is None else own


def counted() -> dict[str, int]:
    with db.engine.connect() as connection:
        there = inspect(connection).get_table_names()
        return {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in there}


def one(query: str) -> Any:
    with db.engine.connect() as connection:
        return connection.execute(text(query)).scalar()


def test_rows_survive_the_way_back_to_an_earlier_program_and_the_way_here_again(full):
    before = counted()
    schema.downgrade("0002")
    earlier = counted()
    gone = set(before) - set(earlier)
    assert {"hand", "delivery", "dossier", "archived_case", "agreement_change", "packet"} <= gone
    assert earlier == {name: count for name, count in before.items() if name not in gone}
    schema.upgrade()
    assert schema.is_up_to_date()
    assert schema.differences() == []
    assert counted() == {name: 0 if name in gone else count for name, count in before.items()}


def test_what_an_earlier_program_has_no_word_for_gets_one_that_it_knows(full):
    with command():
        db.session.execute(text("UPDATE paper SET audience = 'agency'"))
        db.session.execute(text("UPDATE obligation SET status = 'replaced'"))
        db.session.execute(text("UPDATE receipt SET status = 'reported'"))
    schema.downgrade("0002")
    assert one("SELECT audience FROM paper") == "file"
    assert one("SELECT status FROM obligation") == "excused"
    assert one("SELECT count(*) FROM receipt") == 0  # what nobody has looked at was never paid


def test_keys_count_again_after_tables_were_rebuilt(full):
    schema.downgrade("0002")
    schema.upgrade()
    if db.engine.dialect.name == "sqlite":
        assert one("PRAGMA foreign_keys") == 1
    with pytest.raises(Exception, match=r"(?i)foreign key"), command():
        db.session.execute(text('DELETE FROM "case"'))
