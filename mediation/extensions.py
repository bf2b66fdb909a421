"""The database as everybody uses it: one session, one declarative base, and transactions that say whether they write."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import psycopg
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, MetaData, event
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Every constraint has a name, so that a migration can find it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

_writes: ContextVar[bool] = ContextVar("writes", default=False)


def to_json(value: Any) -> str:
    """JSON as we store it: Chinese stays readable and takes a third of the room."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def begin_writing() -> None:
    """From here on this context's transactions take the write lock when they begin.

    SQLite ignores FOR UPDATE; a transaction that reads first and writes later fails with "database is locked" or
    completes a task twice. So every command begins with BEGIN IMMEDIATE there. On PostgreSQL rows are locked instead.
    """
    db.session.rollback()
    db.session.expire_all()  # what was read before the lock is not to be trusted
    _writes.set(True)


def begin_reading() -> None:
    """Back to transactions that only read."""
    _writes.set(False)


@contextmanager
def command() -> Iterator[None]:
    """One command, one transaction, one commit; any exception leaves nothing behind."""
    before = _writes.get()
    begin_writing()
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _writes.set(before)


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, _record: Any) -> None:
    if isinstance(connection, psycopg.Connection):
        # Compiling a statement to machine code takes PostgreSQL longer than any of ours runs.
        connection.execute("SET jit = off")
        connection.commit()
    if isinstance(connection, sqlite3.Connection):
        _prepare_sqlite(connection)


def _prepare_sqlite(connection: sqlite3.Connection) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "synchronous=NORMAL",
        "cache_size=-65536",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_on_sqlite(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes.get() else "BEGIN")
