"""What the tests share: a real database (SQLite, or PostgreSQL with `--database postgresql`), a house of people, a clock."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from tests import kept
from tests.house import House, build_house
from tests.person import Person

# What takes longest begins first, so that in the end no worker waits for another.
DEAREST = (
    "test_walls.py", "test_docs.py", "test_layout.py", "test_journey_leak.py", "test_fuzz.py", "test_attacks.py",
    "test_demo.py", "test_workers.py", "test_faults.py", "test_case_pages.py",
)  # fmt: skip
POSTGRES = os.environ.get("MEDIATION_TEST_POSTGRES") or "postgresql+psycopg://127.0.0.1/test"
# A Monday morning in the working week; every test starts here and moves the clock itself.
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The dearest files first. Whatever uses the application touches the database, and so runs on both; what is the same
    on either is seen once."""
    places = {name: place for place, name in enumerate(DEAREST)}
    items.sort(key=lambda item: places.get(item.path.name, len(DEAREST)))
    for item in items:
        once = "browser" in item.path.parts or item.get_closest_marker("once")
        if "built_app" in getattr(item, "fixturenames", ()) and not once:
            item.add_marker(pytest.mark.database)


def pytest_collection_finish() -> None:
    """Thousands of tests and modules stay until the end: the collector need not walk through them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of this worker's own."""
    if request.config.getoption("--database") == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'test.sqlite'}"
        return
    # A schema, not a database: making and dropping databases costs a checkpoint of the whole server each time.
    name = f"mediation_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE SCHEMA "{name}"'))
    yield f"{POSTGRES}?options=-csearch_path%3D{name}%20-csynchronous_commit%3Doff"
    with admin.connect() as connection:
        connection.execute(text(f'DROP SCHEMA "{name}" CASCADE'))
    admin.dispose()


@pytest.fixture(scope="session")
def built_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application over a migrated database; shared by the tests of a worker, emptied between them."""
    from app import create_app
    from mediation import schema
    from mediation.extensions import db

    settings = {"DATABASE": database_url, "OUTBOX": str(tmp_path_factory.mktemp("outbox"))}
    app = create_app(settings)
    app.testing = True
    # An error in a page must fail the test that asked for it, but the person's error pages are tested too.
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        schema.upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(built_app: Flask, clock: Any) -> Iterator[Flask]:
    """The application over an empty database, inside its context, at nine on a Monday morning."""
    built_app.extensions.pop("mediation-pools", None)
    with built_app.app_context():
        yield built_app
        kept.empty()


@pytest.fixture
def clock() -> Iterator[Any]:
    """The clock of the house, stopped at MORNING: `clock.set_clock(moment)` moves it."""
    from mediation import clock as wall

    wall.set_clock(MORNING)
    yield wall
    wall.set_clock(None)


@pytest.fixture
def house(app: Flask) -> House:
    """A centre, a committee, a court and the people who work there, on the shipped release."""
    return kept.kept(build_house)()


@pytest.fixture
def sign_in(app: Flask, house: House) -> Callable[[str], Person]:
    """`sign_in("mediator")` gives that person's browser, already signed in."""

    def enter(login: str) -> Person:
        return Person(app, house.users[login])

    return enter


@pytest.fixture
def resident(app: Flask) -> Callable[[], Person]:
    """A browser of somebody who has not signed in."""
    return lambda: Person(app, None)


@pytest.fixture(scope="session")
def shipped_flows() -> Path:
    """The folder of the flows that this product ships with."""
    return Path(__file__).resolve().parent.parent / "bpmn"
