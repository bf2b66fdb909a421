"""Signing a paper: who may sign how, the one-time link, the ink, the sheets that came back, the seal at the end."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from mediation import clock, journal
from mediation.case_view import lacks_guardian
from mediation.cases.operations import attach
from mediation.extensions import db
from mediation.models import Attachment, Case, Hand, Paper, PaperVersion, SigningLink, User
from mediation.papers.hands import GIVEN, SEAL, hands_of
from mediation.papers.operations import agreement_about, issue_again, layouts_of
from mediation.papers.rendering import imprint
from mediation.permissions import is_open, works_on
from mediation.signing.scans import Expected
from mediation.signing.signatures import all_given, go_on, may_sign_now
from mediation.storage import Kept, keep

LINK_LIVES = timedelta(minutes=15)
# How somebody signs on paper.
ON_PAPER = ("hand", "fingerprint", "stamp")
IDENTITIES = ("id_card", "household", "passport", "licence", "known")


class SigningRefused(Exception):
    """This hand cannot be given so; the message says why and what to do."""


# --- what is possible -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Signing:
    """A paper with its hands, as the page shows them. `only_paper`: why nobody signs on a screen, empty when they may."""

    paper: Paper
    hands: list[Hand]
    only_paper: str
    may_act: bool

    @property
    def on_screen(self) -> bool:
        return any(hand.status in GIVEN and hand.manner == "ink" for hand in self.hands)

    @property
    def on_paper(self) -> bool:
        return any(hand.scan_id is not None for hand in self.hands)

    @property
    def seal(self) -> Hand | None:
        return next((hand for hand in self.hands if hand.field == SEAL), None)

    @property
    def may_seal(self) -> bool:
        """Whether the seal is all that is missing, and goes on by itself rather than on the sheet."""
        return bool(self.seal and self.seal.status == "open" and all_given(self.hands) and not self.on_paper)

    def turn(self, hand: Hand) -> bool:
        return may_sign_now(hand, self.hands)

    def may_leave(self, hand: Hand) -> bool:
        """Another hand of the same party is there or can be; a guardian's own hand is never left out."""
        if hand.status != "open" or hand.field == SEAL or hand.words.startswith("法定代理人"):
            return False
        others = [
            one for one in self.hands if one is not hand and one.party_id == hand.party_id and one.status != "left"
        ]
        return hand.who in ("recorder", "other") or (hand.who == "party" and bool(others))


def signing_of(paper: Paper, user: User) -> Signing:
    """How far the signing of a paper is, and what this person may do."""
    case = paper.case
    may_act = works_on(user, case) and is_open(case) and paper.status in ("ready", "signed")
    return Signing(paper, hands_of(paper), why_only_paper(paper), may_act)


def why_only_paper(paper: Paper) -> str:
    """Why this paper is not signed on a screen (电子签名法 3: marriage, adoption, succession, the end of public supply)."""
    kind = layouts_of(paper.release_hash).kind(paper.kind)
    if not kind.electronic_signature or paper.case.wet_ink_only or paper.facts.get("wet_ink_only"):
        return _(
            "The law wants papers about marriage, adoption, succession and other ties of persons, and about the end of public "
            "supplies, signed by hand on paper (Electronic Signature Law, article 3)."
        )
    if not paper.boxes:
        return _("This paper was printed before papers could be signed on a screen.")
    return ""


def _refuse_unless_open(paper: Paper) -> None:
    if paper.status not in ("ready", "signed") or not is_open(paper.case):
        raise SigningRefused(_("This paper can no longer be signed."))


def _refuse_unless_turn(hand: Hand) -> None:
    if not may_sign_now(hand, hands_of(hand.paper)):
        raise SigningRefused(_("It is not this signature's turn, or it is there already."))
    if hand.party is not None and lacks_guardian(hand.party):
        raise SigningRefused(_("A guardian must be named before this party can sign."))


def _locked(paper_id: int) -> Paper:
    """The paper, locked until the transaction ends: two hands are never given at the same moment."""
    found = db.session.scalars(
        select(Paper).where(Paper.id == paper_id).with_for_update(), execution_options={"populate_existing": True}
    )
    return found.one()


# --- on a screen ------------------------------------------------------------------------------------------------------


def invite(hand: Hand, identity: str, note: str, *, by: User) -> str:
    """A link with which this hand is given, after the person's identity was checked; returns its token, shown once.

    The mediator's own hand needs no document: the account says who it is. Raises SigningRefused.
    """
    paper = _locked(hand.paper_id)
    db.session.refresh(hand)
    _refuse_unless_open(paper)
    if hand.field == SEAL or why_only_paper(paper):
        raise SigningRefused(why_only_paper(paper) or _("A seal is not drawn by hand."))
    if any(one.scan_id is not None for one in hands_of(paper)):
        raise SigningRefused(_("This paper is being signed on paper. Begin anew to sign it on a screen."))
    _refuse_unless_turn(hand)
    if hand.who == "mediator" and paper.case.mediator_id == by.id:
        identity, note = "account", ""
    elif identity not in IDENTITIES:
        raise SigningRefused(_("Say by which document you have checked who signs."))
    hand.identity, hand.identity_note, hand.checked_by_id = identity, note[:120], by.id
    _end_links(hand)
    token, now = secrets.token_urlsafe(24), clock.now()
    db.session.add(SigningLink(
        hand_id=hand.id, token_hash=_digest(token), created_by_id=by.id, created_at=now, expires_at=now + LINK_LIVES,
    ))  # fmt: skip
    journal.record("signing-invited", case_id=paper.case_id, by=by, subject=f"paper:{paper.id}",
                   details={"field": hand.field, "identity": identity})  # fmt: skip
    return token


def _end_links(hand: Hand) -> None:
    open_links = update(SigningLink).where(SigningLink.hand_id == hand.id, SigningLink.used_at.is_(None))
    db.session.execute(open_links.values(used_at=clock.now()))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_link(token: str) -> SigningLink | None:
    """The link of this token while it can be used: unused, not too old, its paper still to be signed."""
    found = db.session.scalar(select(SigningLink).where(SigningLink.token_hash == _digest(token)))
    if found is None or found.used_at is not None or found.expires_at <= clock.now():
        return None
    hand = found.hand
    return found if hand.status == "open" and hand.paper.status == "ready" and is_open(hand.paper.case) else None


def give(token: str, ink: bytes, device: str) -> Hand | None:
    """Take the ink for the hand of this link; None when the link was used meanwhile, or no longer counts."""
    link = open_link(token)
    if link is None:
        return None
    paper = _locked(link.hand.paper_id)
    db.session.refresh(link)
    db.session.refresh(link.hand)
    hand, now = link.hand, clock.now()
    if open_link(token) is None or not may_sign_now(hand, hands_of(paper)):
        return None
    link.used_at = now
    hand.status, hand.manner, hand.given_at, hand.device = "given", "ink", now, device[:120]
    hand.ink_sha256 = keep(ink, "image/png").sha256
    paper.try_after, paper.attempts = now, 0
    go_on(paper)
    journal.record("hand-given", case_id=paper.case_id, actor=f"hand:{hand.field}", subject=f"paper:{paper.id}",
                   details={"field": hand.field, "ink": hand.ink_sha256})  # fmt: skip
    return hand


def leave_out(hand: Hand, reason: str, *, by: User) -> None:
    """Somebody else signs for this one: an agent for the absent party, nobody for a recorder who was not there."""
    paper = _locked(hand.paper_id)
    db.session.refresh(hand)
    _refuse_unless_open(paper)
    if not signing_of(paper, by).may_leave(hand):
        raise SigningRefused(_("This signature cannot be left out."))
    if not reason:
        raise SigningRefused(_("Please say why."))
    hand.status, hand.reason, hand.checked_by_id = "left", reason[:500], by.id
    _end_links(hand)
    go_on(paper)
    journal.record(
        "hand-left-out", case_id=paper.case_id, by=by, subject=f"paper:{paper.id}", details={"field": hand.field}
    )


def ask_for_seal(paper: Paper, *, by: User) -> None:
    """All hands are there: the worker puts the seal of the body into the paper, as the last signature."""
    paper = _locked(paper.id)
    _refuse_unless_open(paper)
    signing = signing_of(paper, by)
    if not signing.may_seal or signing.seal is None:
        raise SigningRefused(_("The seal comes last: somebody has not signed yet."))
    seal = signing.seal
    seal.status, seal.manner, seal.given_at, seal.checked_by_id = "given", SEAL, clock.now(), by.id
    paper.try_after, paper.attempts = clock.now(), 0
    journal.record("seal-asked", case_id=paper.case_id, by=by, subject=f"paper:{paper.id}")


def begin_anew(paper: Paper, *, by: User) -> Paper:
    """Print the same paper again, to be signed from the beginning; what was signed so far no longer counts."""
    paper = _locked(paper.id)
    _refuse_unless_open(paper)
    agreement = agreement_about(paper)
    if agreement is not None and agreement.effective_at is not None:
        raise SigningRefused(_("The agreement is in force; only its parties can change it."))
    return issue_again(paper, by=by)


# --- on paper ---------------------------------------------------------------------------------------------------------


def expected(paper: Paper) -> Expected:
    """What the sheets that come back must be."""
    return Expected(paper.check_code, imprint(paper), paper.pages or 1)


def is_own_file(paper: Paper, content: bytes) -> bool:
    """Whether this is a file that was made here, and so no scan of anything."""
    digest = hashlib.sha256(content).hexdigest()
    known = select(PaperVersion.id).where(PaperVersion.paper_id == paper.id, PaperVersion.sha256 == digest)
    return digest == paper.sha256 or db.session.scalar(known) is not None


@dataclass(frozen=True)
class OnSheet:
    """What the mediator says of one hand on the sheet: how it was given, and how the person was known."""

    hand_id: int
    manner: str
    identity: str


def take_scan(
    paper: Paper, kept: Iterable[Kept], told: Iterable[OnSheet], signed_on: date, *, by: User
) -> list[Attachment]:
    """Keep the sheets that came back as the signed original; the hands that are on them are signed.

    The sheets are known to be this paper (`scans.check`). Raises SigningRefused.
    """
    paper = _locked(paper.id)
    _refuse_unless_open(paper)
    if signed_on > clock.today():
        raise SigningRefused(_("This day has not come yet."))
    hands = {hand.id: hand for hand in hands_of(paper)}
    if any(hand.manner == "ink" and hand.status in GIVEN for hand in hands.values()):
        raise SigningRefused(_("This paper is being signed on a screen. Begin anew to sign it on paper."))
    sheets = [attach(paper.case, one, party=paper.party, purpose="signed-paper", shared=paper.audience == "shared", by=by)
              for one in kept]  # fmt: skip
    db.session.flush()
    marked = [one for one in told if one.hand_id in hands]
    if not marked:
        raise SigningRefused(_("Say who has signed on these sheets."))
    for one in marked:
        _mark(hands[one.hand_id], one, _sheet_of(hands[one.hand_id], sheets), signed_on, by)
    go_on(paper)
    journal.record("scan-taken", case_id=paper.case_id, by=by, subject=f"paper:{paper.id}",
                   details={"sheets": len(sheets), "hands": len(marked)})  # fmt: skip
    return sheets


def _sheet_of(hand: Hand, sheets: list[Attachment]) -> Attachment:
    """The sheet on which the hand stands; the last one where several pages came back in one file."""
    page = int(hand.paper.boxes.get(hand.field, [1])[0])
    return sheets[min(page, len(sheets)) - 1]


def _mark(hand: Hand, told: OnSheet, sheet: Attachment, signed_on: date, by: User) -> None:
    if hand.status in GIVEN:
        return
    if hand.party is not None and lacks_guardian(hand.party):
        raise SigningRefused(_("A guardian must be named before this party can sign."))
    if hand.field == SEAL:
        hand.manner = SEAL
    elif told.manner in ON_PAPER and told.identity in (*IDENTITIES, "account"):
        hand.manner, hand.identity = told.manner, told.identity
    else:
        raise SigningRefused(_("Say of everybody who signed how, and by which document you have checked who it was."))
    hand.status, hand.scan_id, hand.checked_by_id = "signed", sheet.id, by.id
    hand.given_at = clock.start_of(signed_on)
    _end_links(hand)


def papers_to_sign(case: Case, papers: Iterable[Paper]) -> list[Paper]:
    """Those of the papers on which hands are still missing."""
    ids = [paper.id for paper in papers if paper.case_id == case.id and paper.status in ("ready", "signed")]
    missing = set(db.session.scalars(select(Hand.paper_id).where(Hand.paper_id.in_(ids), Hand.status == "open")))
    return [paper for paper in papers if paper.id in missing]
