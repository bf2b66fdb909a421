"""The blueprint on which the resident's pages hang, and whose session it is."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from mediation import access
from mediation.models import Party

bp = Blueprint("portal", __name__)

Page = str | Response | tuple[str, int]


def this_party() -> Party:
    """The party of this session; the mark on the route has let nobody else in."""
    party = access.current_party()
    assert party is not None, "party_only lets nobody else in"
    return party
