"""The worker's side: a signature taken at the door is put onto the certificate as soon as that is printed."""

from __future__ import annotations

from sqlalchemy import select

from mediation import clock, journal
from mediation.extensions import command, db
from mediation.models import Delivery, Hand, Paper

BATCH = 50


def sign_due() -> int:
    """Give the hands of printed certificates the ink of their receivers; returns how many. The sealing worker goes on."""
    query = (
        select(Delivery.id)
        .join(Paper, Paper.id == Delivery.proof_id)
        .join(Hand, Hand.paper_id == Paper.id)
        .where(Delivery.ink_sha256.is_not(None), Paper.status == "ready", Hand.field == "hand-1", Hand.status == "open")
        .limit(BATCH)
    )
    due = list(db.session.scalars(query))
    db.session.rollback()
    return sum(_sign(delivery_id) for delivery_id in due)


def _sign(delivery_id: int) -> bool:
    with command():
        row = db.session.get_one(Delivery, delivery_id)
        query = select(Hand).where(Hand.paper_id == row.proof_id, Hand.field == "hand-1", Hand.status == "open")
        hand = db.session.scalar(query.with_for_update())
        if hand is None or row.proof is None:
            return False
        hand.status, hand.manner, hand.given_at = "given", "ink", row.done_at
        hand.identity, hand.checked_by_id, hand.ink_sha256 = (
            "known",
            row.carrier_id or row.created_by_id,
            row.ink_sha256,
        )
        row.proof.try_after, row.proof.attempts = clock.now(), 0
        journal.record("hand-given", case_id=row.case_id, actor="worker", subject=f"paper:{row.proof_id}",
                       details={"field": hand.field, "ink": hand.ink_sha256})  # fmt: skip
        return True
