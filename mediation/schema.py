"""The schema and its migrations: bring a database up to date, and tell whether it is and whether models agree."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

import mediation.models  # noqa: F401 - the metadata must know every table
from mediation.config import ROOT
from mediation.extensions import db

if TYPE_CHECKING:
    from alembic.config import Config

# Alembic is imported where it works: most processes only ask whether the schema is there, and it takes long to load.
MIGRATIONS = ROOT / "mediation" / "migrations"


def _config(connection: Connection | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def upgrade() -> None:
    """Apply what is missing. Safe to call at every start."""
    from alembic import command

    _make_folder()
    with _rebuilding() as connection:
        command.upgrade(_config(connection), "head")


def downgrade(revision: str) -> None:
    """Go back to the tables of an earlier program; what only later ones know is lost. Raises IntegrityError."""
    from alembic import command

    with _rebuilding() as connection:
        command.downgrade(_config(connection), revision)


@contextmanager
def _rebuilding() -> Iterator[Connection]:
    """A transaction in which tables may be built anew, rows and all.

    SQLite changes a table by copying it and dropping the old one, which it refuses while rows of others point there:
    keys are switched off meanwhile, as its manual says, and looked through before the commit.
    """
    with db.engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        lite = driver if isinstance(driver, sqlite3.Connection) else None
        if lite:
            lite.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if lite and (lost := lite.execute("PRAGMA foreign_key_check").fetchall()):
                    raise IntegrityError("PRAGMA foreign_key_check", lost[:10], ValueError("rows point nowhere"))
        finally:
            if lite:
                lite.execute("PRAGMA foreign_keys=ON")


def _make_folder() -> None:
    # SQLite makes the file, not the folder that it lies in: a fresh clone has none.
    if db.engine.dialect.name == "sqlite" and db.engine.url.database not in (None, "", ":memory:"):
        Path(db.engine.url.database).parent.mkdir(parents=True, exist_ok=True)


def revise(message: str) -> None:
    """Write a new migration from the difference between database and models."""
    from alembic import command

    with db.engine.begin() as connection:
        command.revision(_config(connection), message=message, autogenerate=True)


def is_up_to_date() -> bool:
    """Whether every migration of this program has been applied."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    head = ScriptDirectory.from_config(_config()).get_current_head()
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def differences() -> list[Any]:
    """What the models say and the migrated database does not; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        return [found for found in compare_metadata(context, db.metadata) if not _is_noise(found)]


def _is_noise(found: Any) -> bool:
    # SQLite reports every index with a WHERE clause and every foreign key name it cannot keep; types differ by variant.
    return isinstance(found, tuple) and found[0] in {"modify_type"}
