"""What a signed hand means elsewhere: the state of its paper, and the agreement's list of who has signed."""

from __future__ import annotations

from mediation import clock
from mediation.models import Hand, Paper, Signature
from mediation.papers.hands import GIVEN, SEAL, hands_of
from mediation.papers.operations import agreement_about

# Whose turn it is: the parties and who else is at the table, then the mediator and the recorder, the seal last.
RANKS = {"party": 1, "other": 1, "mediator": 2, "recorder": 2, "seal": 3}


def go_on(paper: Paper) -> None:
    """After a hand was signed, left out or sealed: the state of the paper, and the agreement's signatures."""
    hands = hands_of(paper)
    if paper.status in ("ready", "signed") and any(one.field == SEAL and one.status == "signed" for one in hands):
        paper.status = "sealed"
    elif paper.status == "ready" and any(one.status == "signed" for one in hands) and all_signed(hands):
        paper.status = "signed"
    tell_agreement(paper, hands)


def all_signed(hands: list[Hand]) -> bool:
    """Whether every hand is there, or somebody else has signed for it."""
    return all(one.status in ("signed", "left") for one in hands if one.field != SEAL)


def all_given(hands: list[Hand]) -> bool:
    """Whether nothing is missing but the worker's part: the seal may be asked for, it goes in last."""
    return all(one.status in (*GIVEN, "left") for one in hands if one.field != SEAL)


def may_sign_now(hand: Hand, hands: list[Hand]) -> bool:
    """Whether everybody who signs before has signed."""
    return hand.status == "open" and not any(one.status == "open" and RANKS[one.who] < RANKS[hand.who] for one in hands)


def tell_agreement(paper: Paper, hands: list[Hand]) -> None:
    """Write into the agreement who has signed its deed: a party when all of its hands are there, and when that was."""
    agreement = agreement_about(paper)
    if agreement is None or agreement.effective_at is not None:
        return
    for signature in agreement.signatures:
        mine = [one for one in hands if one.who == signature.who and one.party_id == signature.party_id]
        done = [one for one in mine if one.status in _counts(signature)]
        if done and all(one.status in (*_counts(signature), "left") for one in mine):
            _write(signature, done)


def _counts(signature: Signature) -> tuple[str, ...]:
    """A person has signed with the ink; the body only when the seal is in the file."""
    return ("signed",) if signature.who == SEAL else GIVEN


def _write(signature: Signature, done: list[Hand]) -> None:
    last = max(one.given_at or clock.now() for one in done)
    manner = max(done, key=lambda one: one.given_at or clock.now()).manner
    electronic = manner == "ink" or (manner == SEAL and all(one.scan_id is None for one in done))
    signature.manner = "electronic" if electronic else {"stamp": "seal"}.get(manner, manner)
    signature.signed_on, signature.recorded_at = clock.local(last).date(), last
