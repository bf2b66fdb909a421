"""The pages of agreements hang on this; each module adds its routes."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("agreements", __name__)
