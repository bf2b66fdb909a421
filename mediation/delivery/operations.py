"""Bringing a paper to its addressee: an attempt is planned, somebody tells how it went, and the proof is issued as a paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from mediation import clock, journal
from mediation.delivery import links
from mediation.extensions import db
from mediation.models import Attachment, Case, Delivery, Membership, Paper, Party, User
from mediation.notices.operations import is_mobile, tell_party, tell_user
from mediation.notices.sending import writes_link
from mediation.papers.operations import issue, layouts_of
from mediation.papers.pieces import Occasion, builds, full, head, today
from mediation.permissions import is_open
from mediation.storage import keep

MANNERS = ("person", "post", "message", "grid", "court")
# How an attempt can end; `left` at the place only what may be left there.
OUTCOMES = ("received", "refused", "left", "failed")
# Delivered: no further attempt is needed (民事诉讼法 87-91, by analogy).
REACHED = ("received", "left")
# What its parties sign is handed to themselves and never left at a door (民诉法解释 133 says so of a mediation deed).
NEVER_LEFT = frozenset({
    "agreement", "supplementary_agreement", "oral_agreement_record", "public_order_agreement", "reconciliation_terms",
})  # fmt: skip
# A grid worker has three working days' worth of evenings; what is later stands in red.
NEXT_ATTEMPT = timedelta(days=3)


class DeliveryRefused(Exception):
    """The attempt cannot be planned or ended so; the message says why and what to do."""


# --- who is to get what -----------------------------------------------------------------------------------------------


def addressees(paper: Paper) -> list[Party]:
    """The parties whom this paper is to reach: its own one, or everybody at the table."""
    if paper.audience not in ("shared", "party"):
        return []
    present = [party for party in paper.case.parties if party.withdrawn_at is None]
    return [party for party in present if paper.party_id in (None, party.id)]


def deliveries_of(case: Case) -> list[Delivery]:
    """Every attempt of a case, the first first."""
    return list(db.session.scalars(select(Delivery).where(Delivery.case_id == case.id).order_by(Delivery.id)))


def attempts(paper: Paper, party: Party) -> list[Delivery]:
    """The attempts to bring this paper to this party, the first first."""
    query = select(Delivery).where(Delivery.paper_id == paper.id, Delivery.party_id == party.id)
    return list(db.session.scalars(query.order_by(Delivery.ordinal)))


def carriers() -> list[User]:
    """Who goes to the doors: the grid workers, by name."""
    query = select(User).join(Membership).where(Membership.role == "grid_worker", User.active).order_by(User.name)
    return list(db.session.scalars(query.distinct()))


def address_for(party: Party) -> str:
    """Where papers reach the party: the address that it confirmed for service, else the one on file."""
    return party.service_address or party.address


# --- planning ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """One attempt as it is wished: how, on which day, by whom, under which number of the post or the court."""

    manner: str
    on: date
    carrier_id: int | None = None
    reference: str = ""
    agreed: bool = False  # the party agreed to receive papers by message (民事诉讼法 90)


def plan(paper: Paper, party: Party, wished: Plan, *, by: User) -> Delivery:
    """Plan the next attempt. Raises DeliveryRefused when it is not possible so, or one is under way or has succeeded."""
    _refuse_unless_due(paper, party)
    _refuse_manner(party, wished)
    row = Delivery(
        case_id=paper.case_id, paper_id=paper.id, party_id=party.id, ordinal=len(attempts(paper, party)) + 1,
        manner=wished.manner, planned_on=wished.on, address=address_for(party), reference=wished.reference[:60],
        carrier_id=wished.carrier_id if wished.manner == "grid" else None, created_by_id=by.id, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    if row.manner == "message":
        row.token_hash = links.digest(links.token_of(row))
        tell_party(party, "delivery-link", case=paper.case, paper=paper, delivery=row.id)
    if row.carrier_id and row.carrier_id != by.id:
        tell_user(row.carrier_id, "delivery-asked", day=row.planned_on.isoformat())
    _note(row, "delivery-planned", by=by, manner=row.manner)
    return row


def _refuse_unless_due(paper: Paper, party: Party) -> None:
    if not paper.stands or not is_open(paper.case):
        raise DeliveryRefused(_("This paper is not there to be delivered, or its case is closed."))
    if party not in addressees(paper):
        raise DeliveryRefused(_("This paper is not for this party."))
    before = attempts(paper, party)
    if any(one.status == "planned" for one in before):
        raise DeliveryRefused(_("An attempt is under way already: say first how it went."))
    if any(one.status in REACHED for one in before):
        raise DeliveryRefused(_("The paper has reached this party already."))


def _refuse_manner(party: Party, wished: Plan) -> None:
    if wished.manner not in MANNERS:
        raise DeliveryRefused(_("Please choose how it is delivered."))
    if wished.on < clock.today():
        raise DeliveryRefused(_("This day is over."))
    if wished.manner == "message" and not wished.agreed:
        raise DeliveryRefused(_("By message only with the party's consent (Civil Procedure Law, article 90)."))
    if wished.manner == "message" and not is_mobile(party.phone):
        raise DeliveryRefused(_("There is no mobile number of this party on file."))
    if wished.manner in ("grid", "post") and party.protected:
        raise DeliveryRefused(_("The whereabouts of this party are kept secret: hand it over in person."))
    if wished.manner in ("grid", "post") and not address_for(party):
        raise DeliveryRefused(_("There is no address of this party on file."))
    if wished.manner == "grid" and wished.carrier_id not in {user.id for user in carriers()}:
        raise DeliveryRefused(_("Please choose who goes there."))


def call_off(row: Delivery, *, by: User) -> None:
    """The attempt is not made after all; a link that was sent for it opens nothing any more."""
    if row.status != "planned":
        raise DeliveryRefused(_("This attempt is over already."))
    row.status, row.done_at, row.token_hash = "off", clock.now(), None
    _note(row, "delivery-called-off", by=by)


# --- how it went ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """How an attempt went: the outcome, when, who received it, why not, before whom, and what shows it."""

    outcome: str
    at: datetime
    received_by: str = ""
    relation: str = ""
    reason: str = ""
    witnesses: Sequence[str] = ()
    ink: bytes | None = None
    photo: Attachment | None = None


def finish(row: Delivery, told: Told, *, by: User | None, actor: str = "") -> Delivery:
    """Write down how the attempt went and issue its proof. Raises DeliveryRefused for what the law does not know."""
    if row.status != "planned":
        raise DeliveryRefused(_("This attempt is over already."))
    _refuse_outcome(row, told)
    row.status, row.done_at = told.outcome, told.at
    if told.outcome == "received":  # a page that fails or is refused still names whom it was for
        row.received_by, row.relation = told.received_by[:60], told.relation[:60]
    row.reason, row.witnesses = told.reason[:1000], [name[:60] for name in told.witnesses][:4]
    row.ink_sha256 = keep(told.ink, "image/png").sha256 if told.ink else None
    row.photo = told.photo
    db.session.flush()
    row.proof = issue(row.case, "delivery_receipt", by=by, subject=f"delivery:{row.id}")[0]
    _note(row, f"delivery-{told.outcome}", by=by, actor=actor, manner=row.manner, proof=row.proof.id)
    if by is None or row.created_by_id != by.id:
        tell_user(row.created_by_id, "delivery-done", case=row.case, number=row.case.display_number,
                  reached=told.outcome in REACHED)  # fmt: skip
    return row


def _refuse_outcome(row: Delivery, told: Told) -> None:
    if told.outcome not in OUTCOMES:
        raise DeliveryRefused(_("Please say how it went."))
    if told.at > clock.now() or told.at < row.created_at - timedelta(days=1):
        raise DeliveryRefused(_("This time cannot be right."))
    if told.outcome == "received":
        _refuse_receiver(row, told)
    elif not told.reason:
        raise DeliveryRefused(_("Please say what happened."))
    if told.outcome == "left":
        _refuse_leaving(row, told)


def _refuse_receiver(row: Delivery, told: Told) -> None:
    if not told.received_by:
        raise DeliveryRefused(_("Please say who received it."))
    if told.received_by != row.party.name and not told.relation:
        text = _(
            "Somebody else received it: say how they belong to %(name)s (Civil Procedure Law, article 88).",
            name=row.party.name,
        )
        raise DeliveryRefused(text)
    if row.manner == "grid" and told.ink is None and told.photo is None:
        raise DeliveryRefused(_("At the door a signature or a photograph shows that it was received."))


def _refuse_leaving(row: Delivery, told: Told) -> None:
    if row.paper.kind in NEVER_LEFT:
        raise DeliveryRefused(_("What the parties sign is handed to themselves; it cannot be left at a door."))
    if row.manner not in ("person", "grid"):
        raise DeliveryRefused(_("Only who stands at the door can leave it there."))
    if told.photo is None and len(told.witnesses) < 2:
        raise DeliveryRefused(_("Leaving it needs two witnesses or a photograph (Civil Procedure Law, article 89)."))


def _note(row: Delivery, action: str, *, by: User | None, actor: str = "", **details: Any) -> None:
    told = {"paper": row.paper_id, "party": row.party_id, **details}
    journal.record(action, case_id=row.case_id, by=by, actor=actor, subject=f"delivery:{row.id}", details=told)


# --- the proof --------------------------------------------------------------------------------------------------------


@builds("delivery_receipt")
def _delivery_receipt(occasion: Occasion) -> dict[str, Any]:
    row = db.session.get_one(Delivery, occasion.subject_id)
    named = layouts_of(row.paper.release_hash).kind(row.paper.kind).name["zh"]
    return {
        **head(occasion),
        "addressee": row.party.name[:60],
        "papers": [full({"name": named[:60], "number": row.paper.number[:60], "copies": 1})],
        "manner": "left" if row.status == "left" else row.manner,
        "address": (row.address or "")[:200] if row.manner in ("grid", "post", "person") else "",
        "outcome": row.status,
        "delivered_at": clock.local(row.done_at or clock.now()).strftime("%Y-%m-%dT%H:%M"),
        "received_by": row.received_by,
        "relation": row.relation,
        "reason": "；".join(filter(None, (row.reason, _how_proved(row)))),
        "deliverer": _deliverer(row),
        "witnesses": [{"name": name} for name in row.witnesses],
        "date": today(),
    }


def _deliverer(row: Delivery) -> str:
    if row.manner == "post":
        return "邮政机构"
    return f"{row.carrier.name}（网格员）"[:60] if row.carrier else row.created_by.name


def _how_proved(row: Delivery) -> str:
    """What else shows it: the post's number, the opening of the link, the photograph."""
    told = {
        "post": f"邮件号：{row.reference}" if row.reference else "",
        "court": f"委托送达，编号：{row.reference}" if row.reference else "",
        "message": "短信链接经验证码核对身份后打开，打开时间即送达时间" if row.status == "received" else "",
    }.get(row.manner, "")
    return "；".join(filter(None, (told, "附送达照片" if row.photo_id else "")))


@writes_link("delivery-link")
def _link_in_the_message(notice: Any) -> str:
    return links.token_of(db.session.get_one(Delivery, notice.details["delivery"]))


@writes_link("delivery-code")
def _code_in_the_message(notice: Any) -> str:
    return links.code_of(db.session.get_one(Delivery, notice.details["delivery"]))
