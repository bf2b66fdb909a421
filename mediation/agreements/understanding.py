"""The agreement in plain words: what each party reads, what it ticks as understood, and the paper in large print."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from documents.agreement import plain
from documents.agreement.plain import Point
from mediation import clock, journal
from mediation.case_view import names_in, terms_of
from mediation.extensions import db
from mediation.models import Agreement, Party, Understanding
from mediation.papers.pieces import Occasion, agreement_of, builds, head, names_of, today
from mediation.requests import language

# From here on the words are no longer being changed under a party's eyes.
TOLD = ("checked", "signing", "effective")


def points(agreement: Agreement) -> list[Point]:
    """One point a term, in the language of the page."""
    names = names_in(agreement.case_id)
    return [plain.plain(term, names, language()) for term in terms_of(agreement)]


def ticked(agreement: Agreement) -> dict[int, dict[int, datetime]]:
    """Party id -> number of the term, counted from 1 -> when it was ticked."""
    found: dict[int, dict[int, datetime]] = {}
    query = select(Understanding).where(Understanding.agreement_id == agreement.id).order_by(Understanding.term)
    for row in db.session.scalars(query):
        found.setdefault(row.party_id, {})[row.term] = row.at
    return found


def tick(agreement: Agreement, party: Party, numbers: Iterable[int]) -> int:
    """Keep which points the party says it understands, each with the time; what is ticked stays. Returns how many are new."""
    known = set(ticked(agreement).get(party.id, {}))
    fresh = sorted({number for number in numbers if 1 <= number <= len(agreement.terms)} - known)
    db.session.add_all(
        Understanding(agreement_id=agreement.id, party_id=party.id, term=number, at=clock.now()) for number in fresh
    )
    if fresh:
        journal.record(
            "agreement-understood", case_id=party.case_id, actor=f"party:{party.id}", subject=f"agreement:{agreement.id}",
            details={"terms": fresh, "of": len(agreement.terms)},
        )  # fmt: skip
    return len(fresh)


def forget(agreement: Agreement) -> None:
    """The words have changed: nobody has understood the new ones yet."""
    db.session.execute(delete(Understanding).where(Understanding.agreement_id == agreement.id))


@builds("plain_words")
def _plain_words(occasion: Occasion) -> dict[str, Any]:
    found = agreement_of(occasion)
    return {
        **head(occasion),
        "date": today(),
        "parties": names_of(occasion.case),
        "points": plain.facts(terms_of(found), names_in(found.case_id)),
        "phone": occasion.case.agency.phone,
    }
