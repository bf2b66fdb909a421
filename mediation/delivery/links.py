"""The link in a message, and the code that opens it: both are made from the house's key and lie nowhere.

The link alone shows nothing but that there is a paper. The code goes to the telephone on file when somebody asks for it;
whoever gives it is taken for the addressee, and the opening is the moment of delivery (民事诉讼法 90).
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from sqlalchemy import select

from mediation import clock, crypto
from mediation.extensions import db
from mediation.models import Delivery, Notice

LINK_LIVES = timedelta(days=30)
CODE_LIVES = timedelta(minutes=10)
BETWEEN_CODES = timedelta(minutes=1)
TRIES = 5
DIGITS = 6
# Nobody's telephone is made to ring all night.
MOST_CODES = 12


def token_of(row: Delivery) -> str:
    """The token of the link of this attempt."""
    return crypto.keyed_hash(f"delivery {row.id} {row.created_at.isoformat()}", "delivery-link")[:40]


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def by_token(token: str) -> Delivery | None:
    """The attempt of this link while it can be opened: its paper counts, and the link is not too old."""
    found = db.session.scalar(select(Delivery).where(Delivery.token_hash == digest(token)))
    if found is None or found.status not in ("planned", "received") or not found.paper.stands:
        return None
    return found if found.created_at > clock.now() - LINK_LIVES else None


def send_code(row: Delivery) -> bool:
    """Send a new code to the telephone on file; False when one was sent a moment ago, or too many."""
    now = clock.now()
    if row.code_sent_at is not None and row.code_sent_at > now - BETWEEN_CODES:
        return False
    sent = select(Notice.id).where(
        Notice.case_id == row.case_id, Notice.template == "delivery-code", Notice.party_id == row.party_id
    )
    if len(db.session.scalars(sent.limit(MOST_CODES)).all()) >= MOST_CODES:
        return False
    row.code_sent_at, row.tries = now, 0
    db.session.add(Notice(
        case_id=row.case_id, party_id=row.party_id, channel="sms", template="delivery-code",
        details={"delivery": row.id}, created_at=now, try_after=now,
    ))  # fmt: skip
    return True


def code_of(row: Delivery) -> str:
    """The code that was sent last."""
    sent = row.code_sent_at.isoformat() if row.code_sent_at else ""
    made = crypto.keyed_hash(f"delivery {row.id} {sent}", "delivery-code")
    return f"{int(made[:12], 16) % 10**DIGITS:0{DIGITS}d}"


def fits(row: Delivery, typed: str) -> bool:
    """Whether this is the code; each try counts, the sixth fits nothing any more."""
    if row.code_sent_at is None or row.code_sent_at < clock.now() - CODE_LIVES or row.tries >= TRIES:
        return False
    row.tries += 1
    given = "".join(char for char in typed if char.isdigit())
    return hmac.compare_digest(code_of(row), given)
