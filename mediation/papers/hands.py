"""The places on a paper where somebody signs: rows beside the paper as soon as it is printed, and who stands at each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import current_app
from sqlalchemy import select

from documents.bundle import Kind
from documents.render import Box
from mediation import clock
from mediation.extensions import db
from mediation.models import Case, Hand, Paper, Party
from mediation.papers.facts import parties_of

SEAL = "seal"
# Who has signed, or has given the ink that the worker is about to put into the file.
GIVEN = ("given", "signed")
# The words before a name on a paper -> in what capacity its bearer signs.
_FOR_A_PARTY = ("法定代理人", "委托代理人", "代表人")
_CAPACITIES = {
    "人民调解员": "mediator",
    "调解员": "mediator",
    "调查人": "mediator",
    "回访人": "mediator",
    "记录人": "recorder",
    "登记人": "recorder",
}


def lay_out(paper: Paper, kind: Kind, words: Iterable[str], boxes: Mapping[str, Box]) -> None:
    """Keep where the printer put the hands and the seal, and a row for each; a letter that the house seals of itself
    begins with its seal given. What stands on a reply slip is signed elsewhere and has no row."""
    paper.boxes = {name: [box.page, box.x0, box.y0, box.x1, box.y1] for name, box in boxes.items()}
    paper.hand_words = list(words) if kind.signed_by else []
    if hands_of(paper):
        return  # printed before, and lost since: who has signed stays signed
    db.session.add_all(_hands(paper))
    if SEAL in boxes and kind.seal == "body":
        seal = Hand(paper_id=paper.id, ordinal=len(paper.hand_words) + 1, field=SEAL, words=_body_name(paper), who=SEAL)
        if not kind.signed_by and current_app.config["SEAL_LETTERS"]:
            seal.status, seal.given_at, seal.manner = "given", clock.now(), SEAL
        db.session.add(seal)


def _hands(paper: Paper) -> list[Hand]:
    known = _Table(paper.case)
    made = []
    for ordinal, words in enumerate(paper.hand_words, start=1):
        who, party = known.place(words)
        made.append(
            Hand(
                paper_id=paper.id,
                ordinal=ordinal,
                field=f"hand-{ordinal}",
                words=words[:160],
                who=who,
                party_id=party.id if party else None,
            )  # fmt: skip
        )
    return made


class _Table:
    """Who sits at the table, in the order in which a paper names them."""

    def __init__(self, case: Case) -> None:
        self.left = parties_of(case)
        self.last: Party | None = None

    def place(self, words: str) -> tuple[str, Party | None]:
        """In what capacity these words sign, and for which party: a guardian stands behind the child it signs for."""
        label = words.partition(" ")[0]
        if label in _CAPACITIES:
            return _CAPACITIES[label], None
        if label in _FOR_A_PARTY:
            return "party", self.last
        found = next((party for party in self.left if words.endswith(f" {party.name}")), None)
        if found is None:
            return "other", None
        self.left.remove(found)
        self.last = found
        return "party", found


def _body_name(paper: Paper) -> str:
    body = paper.facts.get("body")
    return str(body.get("name", ""))[:160] if isinstance(body, dict) else ""


def hands_of(paper: Paper) -> list[Hand]:
    """The hands of a paper in their order, the seal last."""
    return list(db.session.scalars(select(Hand).where(Hand.paper_id == paper.id).order_by(Hand.ordinal)))


def signed_papers(papers: Iterable[Paper]) -> set[int]:
    """Ids of those papers that somebody has signed, or that are sealed: they are never printed anew."""
    ids = [paper.id for paper in papers]
    return set(db.session.scalars(select(Hand.paper_id).where(Hand.paper_id.in_(ids), Hand.status.in_(GIVEN))))
