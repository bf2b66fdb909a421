"""The blueprint of the dossier pages, and what their views answer."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("dossiers", __name__)
Page = Response | str | tuple[str, int]
