"""The pages of delivery hang on this; each module adds its routes."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("delivery", __name__)

# A page, a page with its status, or a redirect.
Page = str | tuple[str, int] | Response
