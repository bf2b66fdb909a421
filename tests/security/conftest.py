"""The walled case, built once for the tests that only look at it, and the chapters that attack a house of their own."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from flask import Flask

from mediation import clock as wall
from mediation.logs import JsonLines
from tests import kept
from tests.conftest import MORNING
from tests.house import build_house
from tests.security.walled import Walled, build


@pytest.fixture(scope="module")
def walled(built_app: Flask) -> Iterator[Walled]:
    """A case on its way, with what was logged on the road; it stays as it is for all tests of the file."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    wall.set_clock(MORNING)
    built_app.extensions.pop("mediation-pools", None)
    with built_app.app_context():
        made = build(built_app, build_house())
        made.log = written
        yield made
        kept.empty()
    logging.getLogger().removeHandler(handler)
    wall.set_clock(None)
