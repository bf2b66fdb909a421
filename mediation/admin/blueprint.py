"""The blueprint on which the administration's pages hang."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("admin", __name__)

Page = str | Response | tuple[str, int]
