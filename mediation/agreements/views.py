"""The agreement has no pages of its own: its forms are tasks, its rows stand on the case page. Here they register."""

from __future__ import annotations

from flask import Blueprint

from mediation.agreements import bindings, confirmation, performance  # noqa: F401 - register what the forms fill

bp = Blueprint("agreements", __name__)
