"""A page drawn from the shared parts alone: no database, no people, only templates."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template_string
from flask_babel import Babel
from flask_wtf import CSRFProtect

from mediation import assets, words

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def bare_app() -> Iterator[Flask]:
    app = Flask("pages", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "mediation" / "static"))
    app.config.update(SECRET_KEY="a page has no secrets", TESTING=True)
    Babel(app, locale_selector=lambda: "en")
    CSRFProtect(app)
    assets.init_app(app)
    words.init_app(app)
    with app.test_request_context("/"):
        yield app


@pytest.fixture
def draw(bare_app: Flask) -> Callable[..., BeautifulSoup]:
    """Draw a template's source and read it back as a browser would."""

    def draw_(source: str, **context: object) -> BeautifulSoup:
        return BeautifulSoup(render_template_string(source, **context), "html.parser")

    return draw_
