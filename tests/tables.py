"""The rows of all tables as they lie in the database: looked at, put back, and taken away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Table

from mediation import releases
from mediation.extensions import db
from mediation.models import Release

# On SQLite tuples of values, on PostgreSQL the statement that writes them: each goes in fastest that way.
Rows = list[Any] | str
# Its shipped row stays: packing hundreds of files for each test anew takes longer than most tests.
RELEASE = Release.__table__


def empty() -> None:
    """Delete every row: a few hundred rows go faster than seventy tables are truncated. The shipped release stays, not in
    force."""
    tables = [f'DELETE FROM "{table.name}"' for table in reversed(db.metadata.sorted_tables) if table is not RELEASE]
    _run([
        *tables,
        f"DELETE FROM release WHERE hash <> '{releases.shipped_bundle().hash}'",
        "UPDATE release SET current = false, published_by_id = NULL",
    ])  # fmt: skip


def as_they_are(before: Mapping[Table, Rows]) -> dict[Table, Rows] | None:
    """What lies in each table that is not empty; where it is as before, the very same object. None where another release
    than the shipped one was published, which would be too much to keep."""
    with db.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        look = _written if connection.dialect.name == "postgresql" else _tuples
        others = f"SELECT count(*) FROM release WHERE hash <> '{releases.shipped_bundle().hash}'"
        if raw.execute(others).fetchone()[0]:
            return None
        found = {table: look(raw, table) for table in db.metadata.sorted_tables}
    return {table: before[table] if before.get(table) == rows else rows for table, rows in found.items() if rows}


def put(before: Mapping[Table, Rows], after: Mapping[Table, Rows]) -> None:
    """Where `before` lies in the tables, put `after`."""
    changed = [table for table in db.metadata.sorted_tables if before.get(table) is not after.get(table)]
    gone = [f'DELETE FROM "{table.name}"' for table in changed if table in before and table is not RELEASE]
    _run(gone, {table: after[table] for table in changed if table in after})


def _run(statements: list[str], rows: Mapping[Table, Rows] | None = None) -> None:
    """One transaction, in which no row is compared with those of other tables."""
    with db.engine.connect() as connection:
        connection.rollback()
        raw: Any = connection.connection.dbapi_connection
        if connection.dialect.name == "postgresql":
            text = ["SET LOCAL session_replication_role = replica", *statements, *(rows or {}).values()]
            raw.execute("; ".join(map(str, text)), prepare=False)
            raw.commit()
            return
        with _unchecked(raw):
            for statement in statements:
                raw.execute(statement)
            for table, own in (rows or {}).items():
                raw.executemany(_put_in(table), own)


@contextmanager
def _unchecked(raw: Any) -> Iterator[None]:
    raw.execute("PRAGMA foreign_keys=OFF")
    raw.execute("BEGIN IMMEDIATE")
    yield
    raw.execute("COMMIT")
    raw.execute("PRAGMA foreign_keys=ON")


def _columns(table: Table) -> list[str]:
    """Quoted; without the packed files of the release, and its hash last."""
    if table is RELEASE:
        return ['"note"', '"published_by_id"', '"published_at"', '"current"', '"hash"']
    return [f'"{column.name}"' for column in table.columns]


def _tuples(raw: Any, table: Table) -> list[Any]:
    found: list[Any] = raw.execute(f'SELECT {", ".join(_columns(table))} FROM "{table.name}"').fetchall()
    return found


def _put_in(table: Table) -> str:
    *others, last = names = _columns(table)
    if table is RELEASE:
        return f"UPDATE release SET {', '.join(f'{name} = ?' for name in others)} WHERE {last} = ?"
    return f'INSERT INTO "{table.name}" ({", ".join(names)}) VALUES ({", ".join("?" * len(names))})'


def _written(raw: Any, table: Table) -> str:
    """The statement that writes all rows as they are; empty where there are none."""
    *others, last = names = _columns(table)
    shown = ", ".join(f"{name}::text" for name in names)
    rows = [[_literal(value) for value in row] for row in raw.execute(f'SELECT {shown} FROM "{table.name}"').fetchall()]
    if table is RELEASE:
        pairs = [(", ".join(map(" = ".join, zip(others, row, strict=False))), row[-1]) for row in rows]
        return "; ".join(f"UPDATE release SET {told} WHERE {last} = {key}" for told, key in pairs)
    values = ", ".join(f"({', '.join(row)})" for row in rows)
    return f'INSERT INTO "{table.name}" ({", ".join(names)}) VALUES {values}' if rows else ""


def _literal(value: str | None) -> str:
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"
