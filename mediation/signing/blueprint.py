"""The pages of signing hang on this; each module adds its routes."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from mediation import codes

bp = Blueprint("signing", __name__)


@bp.app_template_filter()
def signer(words: str) -> str:
    """Who signs and as what, in the language of the page; the paper itself says it in Chinese: 申请人 王建国."""
    capacity, space, name = words.partition(" ")
    return codes.name("capacities", capacity) + space + name


# A page, a page with its status, or a redirect.
Page = str | tuple[str, int] | Response
