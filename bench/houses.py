"""Databases for the bench: made for one run, migrated like any other, and dropped afterwards."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from app import create_app
from mediation import schema
from mediation.extensions import db

POSTGRES = os.environ.get("MEDIATION_TEST_POSTGRES") or "postgresql+psycopg://127.0.0.1/test"


@contextmanager
def house(kind: str) -> Iterator[Flask]:
    """The application over an empty database of this kind, inside a request context."""
    with _database(kind) as url, tempfile.TemporaryDirectory() as outbox:
        app = create_app({"DATABASE": url, "OUTBOX": outbox, "LOG_LEVEL": "ERROR", "CHEAP_PASSWORDS": True})
        with app.test_request_context():
            schema.upgrade()
            yield app
            db.session.remove()
            db.engine.dispose()


@contextmanager
def _database(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        return
    name = f"mediation_bench_{os.getpid()}"
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield f"{POSTGRES.rsplit('/', 1)[0]}/{name}"
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


def kinds() -> list[str]:
    """SQLite, and PostgreSQL when one answers."""
    try:
        with create_engine(POSTGRES).connect():
            return ["sqlite", "postgresql"]
    except OperationalError:
        return ["sqlite"]
