"""What residents see: who a browser with a party's code belongs to, and the papers that this party may fetch."""

from __future__ import annotations

from flask import current_app, g, session
from sqlalchemy import Select, or_, select

from mediation import clock
from mediation.extensions import db
from mediation.models import Paper, Party
from mediation.models.papers import STANDS


def current_party() -> Party | None:
    """The party whose code opened this resident's session, while its case stands and the session is not too old."""
    if "party" not in g:
        g.party = _party_of_session()
    return g.party


def _party_of_session() -> Party | None:
    party_id = session.get("party_id")
    found = db.session.get(Party, party_id) if party_id else None
    if found is None or found.withdrawn_at is not None or session.get("party_code") != found.code_hash[:16]:
        return None
    if session_expired():
        return None
    session["seen"] = int(clock.now().timestamp())
    return found


def session_expired() -> bool:
    """Whether this browser's session began too long ago, or has been idle for too long."""
    now = int(clock.now().timestamp())
    began, seen = session.get("began", 0), session.get("seen", 0)
    settings = current_app.config
    return bool(now - began > settings["SESSION_HOURS"] * 3600 or now - seen > settings["IDLE_MINUTES"] * 60)


def party_papers(party: Party) -> Select[tuple[Paper]]:
    """The papers that a resident may fetch: shared ones of the case and those addressed to this party."""
    mine = or_(Paper.audience == "shared", (Paper.audience == "party") & (Paper.party_id == party.id))
    return select(Paper).where(Paper.case_id == party.case_id, Paper.status.in_((*STANDS, "superseded")), mine)
