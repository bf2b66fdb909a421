"""What one party's page shows beside the shared view: its own next step, its dues and dates, and what it may do now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select

from mediation import clock, words
from mediation.agreements import countdown, understanding
from mediation.agreements.changes import Proposal, proposed
from mediation.agreements.countdown import Countdown, countdown_of
from mediation.agreements.performance import rest_of
from mediation.case_view import current_agreement
from mediation.cases.clock_words import steps
from mediation.cases.flow_words import value_name
from mediation.cases.operations import waits_for
from mediation.extensions import db
from mediation.models import (
    Agreement,
    Attachment,
    Case,
    Deadline,
    Hand,
    Invitation,
    Meeting,
    Obligation,
    Paper,
    Party,
    Receipt,
    Task,
)
from mediation.models.papers import STANDS
from mediation.papers.hands import GIVEN
from mediation.permissions import is_open, party_can_read_attachment

IN_FORCE = ("signing", "effective")


@dataclass(frozen=True)
class Due:
    """One line of the agreement as this party sees it."""

    id: int
    what: str
    amount: Decimal | None
    rest: Decimal | None
    due_on: date
    status: str
    mine_to_pay: bool
    mine_to_receive: bool
    debtor: str
    creditor: str
    paid: Decimal
    receipts: list[Receipt]
    not_confirmed: list[Receipt]  # what this party reported and what does not count, while it is not done
    promised_on: date | None  # what the debtor promised after the due date
    going_on: bool  # the case is open: who reports is heard

    @property
    def can_report(self) -> bool:
        return self.going_on and self.status in ("open", "defaulted") and (self.mine_to_pay or self.mine_to_receive)

    @property
    def late(self) -> bool:
        return self.status in ("open", "defaulted") and self.due_on < clock.today()

    @property
    def refused(self) -> bool:
        """Whether the debtor has said before the day that it will not be done (民法典 578)."""
        return self.status == "defaulted" and not self.late


@dataclass(frozen=True)
class Clock:
    """A period that both sides see, running or standing still, and how it was counted."""

    name: str
    ground: str
    due_at: datetime
    paused: bool
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Choices:
    """What this party may do at this moment: what the flow does not wait for is not offered."""

    end: bool
    more_time: bool
    report: bool
    hand_in: bool
    papers_wanted: bool
    consent: bool
    change: Proposal | None  # of the agreement, while the sides are asked about it
    confirm: Countdown | None  # the clock of confirmation, while it runs or has just run out
    write_again: bool


def choices(party: Party) -> Choices:
    """What may be offered to the party."""
    case = party.case
    going_on = is_open(case)
    return Choices(
        end=going_on and waits_for(case.id, "mediation-ended"),
        more_time=going_on and waits_for(case.id, "extension-requested"),
        report=going_on and waits_for(case.id, "receipt-reported"),
        hand_in=going_on,
        papers_wanted=going_on and waits_for(case.id, "papers-supplied"),
        consent=going_on and party.consent in ("open", "silent") and _asks_consent(case),
        change=proposed(case) if going_on else None,
        confirm=_confirmation(party) if going_on else None,
        write_again=case.closed_at is not None and case.voided_at is None,
    )


def _confirmation(party: Party) -> Countdown | None:
    """The clock within which this party may ask the court together with the other side; None when there is none."""
    found = countdown_of(party.case)
    return found if found is not None and party in found.window.parties else None


def _asks_consent(case: Case) -> bool:
    query = select(Task.id).where(Task.case_id == case.id, Task.bind == "consent", Task.status == "open")
    return db.session.scalar(query.limit(1)) is not None


def dues(party: Party) -> list[Due]:
    """What the agreement obliges the sides to, by date; nothing while it is only a draft."""
    agreement = current_agreement(party.case_id)
    if agreement is None or agreement.status not in IN_FORCE:
        return []
    listed = [_due(row, party) for row in agreement.obligations]
    return [due for due in listed if due.status != "replaced" or due.not_confirmed]


def agreement_told(party: Party) -> Agreement | None:
    """The agreement, once its words have been checked: from then on a party reads it in plain words."""
    found = current_agreement(party.case_id)
    return found if found is not None and found.status in understanding.TOLD else None


def _due(row: Obligation, party: Party) -> Due:
    return Due(
        id=row.id, what=row.what, amount=row.amount, rest=rest_of(row), due_on=row.due_on, status=row.status,
        mine_to_pay=row.debtor_id == party.id, mine_to_receive=row.creditor_id == party.id,
        debtor=row.debtor.name, creditor=row.creditor.name if row.creditor else "", paid=row.paid, receipts=row.receipts,
        not_confirmed=[] if row.status == "performed" else [
            one for one in row.receipts if one.status == "refused" and one.party_id == party.id
        ],
        promised_on=row.promised_on(clock.today()), going_on=is_open(party.case),
    )  # fmt: skip


def due_of(party: Party, obligation_id: int) -> Due | None:
    """One line of the party's own case."""
    return next((due for due in dues(party) if due.id == obligation_id), None)


def clocks(party: Party) -> list[Clock]:
    """The periods that both sides see, the nearest first: what runs, and what stands still for a while."""
    goes_on = and_(Deadline.status == "running", Deadline.due_at > clock.now())
    query = select(Deadline).where(
        Deadline.case_id == party.case_id, Deadline.shared, or_(goes_on, Deadline.status == "paused")
    )
    # The clock of confirmation has a card of its own, with what each side has said.
    rows = db.session.scalars(query.where(Deadline.clock != countdown.CLOCK).order_by(Deadline.due_at, Deadline.id))
    release = party.case.release_hash
    return [_told(row, release) for row in rows]


def _told(row: Deadline, release_hash: str) -> Clock:
    return Clock(
        _clock_name(row, release_hash), value_name(release_hash, "clocks", row.ground), row.due_at,
        row.status == "paused", steps(row, release_hash, texts=False),
    )  # fmt: skip


def _clock_name(row: Deadline, release_hash: str) -> str:
    named = {
        "peoples-mediation": _("Time for the mediation"),
        "handling": _("Time for the centre to settle the dispute"),
        "court-decision": _("Time for the court to decide"),
        "court-before-filing": _("Time for the mediation"),
        "court-after-filing": _("Time for the mediation"),
        "labour": _("Time for the mediation"),
        "medical": _("Time for the mediation"),
    }
    return named.get(row.clock) or value_name(release_hash, "clocks", row.name)


def invitation_of(party: Party, invitation_id: int) -> Invitation | None:
    """An invitation of this very party to a meeting that is still to come."""
    query = (
        select(Invitation)
        .join(Meeting, Meeting.id == Invitation.meeting_id)
        .where(Invitation.id == invitation_id, Invitation.party_id == party.id, Meeting.status == "invited")
        .where(Meeting.starts_at > clock.now())
    )
    return db.session.scalar(query)


def attachment_of(party: Party, attachment_id: int) -> Attachment | None:
    """A file that this party handed in, or that is shared."""
    query = select(Attachment).where(Attachment.id == attachment_id, Attachment.withdrawn_at.is_(None))
    found = db.session.scalar(query)
    return found if found is not None and party_can_read_attachment(party, found) else None


def next_step(party: Party, offered: Choices, invitations: list[Invitation], listed: list[Due]) -> str:
    """What comes next, for this party, in a sentence."""
    status = party.case.status
    if offered.consent:
        return _("The mediator asks you whether you agree to mediation. You may agree or refuse, and need not say why.")
    if status in ("accepted", "mediating") and invitations:
        starts_at = invitations[0].at
        return _(
            "Please come to the meeting on %(day)s at %(time)s.",
            day=words.day(starts_at),
            time=words.clock_time(starts_at),
        )
    if status in ("effective", "performing", "confirming"):
        mine = next((due for due in listed if due.can_report), None)
        if mine is not None:
            return _next_due(mine)
    if status == "agreed" and _has_signed(party):
        return _("You have signed. It takes effect when the others and the seal are on it, too; we will tell you.")
    return _usually().get(status, _("If you want to know more, please call us."))


def _has_signed(party: Party) -> bool:
    """Whether every signature of this party stands on the agreement that is being signed."""
    agreement = current_agreement(party.case_id)
    about = f"agreement:{agreement.id if agreement else 0}"
    paper = select(Paper.id).where(Paper.kind == "agreement", Paper.subject == about, Paper.status.in_(STANDS))
    states = list(db.session.scalars(select(Hand.status).where(Hand.party_id == party.id, Hand.paper_id.in_(paper))))
    return any(one in GIVEN for one in states) and "open" not in states


def _next_due(due: Due) -> str:
    told = {
        "what": due.what,
        "amount": words.money(due.rest) if due.rest is not None else "",
        "day": words.day(due.due_on),
    }
    if due.refused and not due.mine_to_pay:
        told_so = _("The other side says that it will not keep this by %(day)s: %(what)s %(amount)s", **told)
        return told_so + " " + _("The mediator talks with you about what you can do.")
    if due.status == "defaulted" and not due.refused:
        late = _("%(what)s %(amount)s was due on %(day)s and has not been reported yet.", **told)
        return late if due.mine_to_pay else late + " " + _("We are asking the other side for it.")
    if due.mine_to_pay:
        return _("Please see to it by %(day)s: %(what)s %(amount)s", **told)
    return _("By %(day)s you are to receive: %(what)s %(amount)s", **told)


def _usually() -> dict[str, str]:
    looking = _("The centre decides within a few working days whether it takes up the dispute, and tells you.")
    return {
        "registered": looking,
        "examined": looking,
        "accepted": _("A mediator is chosen within three working days and will call you."),
        "mediating": _("The mediator talks to both sides and will invite you to a meeting."),
        "agreed": _("Please sign the agreement. It takes effect when both sides, the mediator and the seal are on it."),
        "effective": _("Both sides may together ask the court to confirm the agreement; then it can be enforced."),
        "confirming": _("The court decides. If it needs more papers, we will call you."),
        "performing": _("The centre watches over what was agreed, until all of it is done."),
        "following-up": _("Somebody from the centre will call or visit you and ask whether the agreement holds."),
        "referred": _("The other office will call you. If nobody calls within a week, please call us."),
        "refused": _("Read the notice below: it says where else you can go."),
        "ended": _("Read the notice below: it says where else you can go, and by when."),
        "closed": _("Nothing more needs to be done. If trouble begins again, call us."),
        "voided": _("If you think that this is wrong, please call us."),
    }
