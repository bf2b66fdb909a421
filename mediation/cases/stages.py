"""The stages of a case in words: what is done, what is now, what is left out; the same for staff and residents."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from mediation import codes
from mediation.access import DISPUTE
from mediation.extensions import db
from mediation.models import Case, Confirmation, Task

# Status of the case -> the stage that it stands in.
_STAGE = {
    "registered": "registered", "examined": "registered", "accepted": "accepted", "mediating": "mediation",
    "linked": "mediation", "handed-over": "mediation",
    "agreed": "agreement", "effective": "agreement", "confirming": "confirmation", "performing": "performance",
    "following-up": "visits", "closed": "closed", "refused": "registered", "referred": "registered",
    "ended": "mediation", "voided": "registered",
}  # fmt: skip
_ORDER = ("registered", "accepted", "mediation", "agreement", "confirmation", "performance", "visits", "closed")
CONFIRMING = "judicial_confirmation"
STOPPED = frozenset({"refused", "referred", "ended", "voided"})
TONES = {
    "registered": "neutral", "examined": "neutral", "accepted": "accent", "linked": "accent", "handed-over": "accent",
    "mediating": "accent", "agreed": "accent",
    "effective": "good", "confirming": "accent", "performing": "accent", "following-up": "accent", "closed": "good",
    "refused": "quiet", "referred": "quiet", "ended": "warning", "voided": "quiet",
}  # fmt: skip
RISK_TONES = {"blue": "neutral", "yellow": "neutral", "orange": "warning", "red": "danger"}


def labels() -> dict[str, str]:
    """The stages by key, in their order."""
    words = (
        _("Registered"), _("Accepted"), _("Handling"), _("Agreement"), _("Court confirmation"), _("Performance"),
        _("Follow-up visits"), _("Closed"),
    )  # fmt: skip
    return dict(zip(_ORDER, words, strict=True))


def tracker(case: Case, confirmation: Confirmation | None, open_processes: Collection[str]) -> list[dict[str, Any]]:
    """The stages for the tracker: label and status (done, now, todo, skipped, stopped).

    Confirmation runs beside performance: it is still open while one of its steps is, and left out when nobody asked.
    """
    if case.root_process != DISPUTE:
        return _matter_stages(case)
    beside = "now" if CONFIRMING in open_processes else "done" if _was_asked(confirmation) else "skipped"
    here = _ORDER.index(_STAGE.get(case.status, "registered"))
    stopped = case.status in STOPPED
    finished = case.closed_at is not None and not stopped
    stages = []
    for place, (key, label) in enumerate(labels().items()):
        status = "done" if place < here or finished else "now" if place == here else "todo"
        if stopped:
            status = "done" if place < here else "stopped" if place == here else "skipped"
        if key == "confirmation" and status == "done":
            status = beside
        stages.append(
            {"label": label, "status": status, "note": status_words(case) if place == here and stopped else None}
        )
    return stages


def _matter_stages(case: Case) -> list[dict[str, Any]]:
    """A matter that is no dispute is registered, handled and closed."""
    words = (_("Registered"), _("Being handled"), _("Closed"))
    here = 2 if case.closed_at is not None else 0 if case.status == "registered" else 1
    over = case.closed_at is not None
    stages = [
        {"label": label, "status": "done" if place < here or over else "now" if place == here else "todo", "note": None}
        for place, label in enumerate(words)
    ]
    if case.voided_at is not None:
        stages[here] |= {"status": "stopped", "note": status_words(case)}
    return stages


def _was_asked(confirmation: Confirmation | None) -> bool:
    return confirmation is not None and confirmation.status not in ("none", "withdrawn")


def open_processes(case: Case) -> set[str]:
    """The processes in which a step of the case is open."""
    query = select(Task.process_key).where(Task.case_id == case.id, Task.status == "open").distinct()
    return set(db.session.scalars(query))


def status_words(case: Case) -> str:
    """Where the case stands."""
    return codes.name("statuses", case.status)


def sentence(case: Case) -> str:
    """Where the case stands, in one sentence that needs no knowledge of the trade."""
    if case.root_process != DISPUTE and case.voided_at is None:
        return _matter_sentence(case)
    told = {
        "registered": _("Your dispute is registered. The centre is looking at it."),
        "examined": _("The centre has looked at your dispute and decides where it goes."),
        "accepted": _("Your dispute is accepted. A mediator will call you."),
        "refused": _("The centre could not take up your dispute. The notice says why, and where you can go."),
        "referred": _("Your dispute was handed to another office, which will call you."),
        "linked": _("Several offices are working on your dispute together."),
        "handed-over": _("Your dispute was handed to another office, which answers the centre within a set time."),
        "mediating": _("A mediator is working on your dispute."),
        "agreed": _("Both sides have agreed. The agreement is being signed."),
        "effective": _("The agreement is in effect."),
        "confirming": _("The court has been asked to confirm the agreement."),
        "performing": _("The agreement is being performed. The centre watches over the dates."),
        "following-up": _("The centre asks both sides whether the agreement holds."),
        "closed": _("The case is closed."),
        "ended": _("The mediation has ended. The notice names the other ways that are open to you."),
        "voided": _("This registration was a mistake and no longer counts."),
    }
    return told.get(case.status, codes.name("statuses", case.status))


def _matter_sentence(case: Case) -> str:
    if case.closed_at is not None:
        return _("Your matter is done.")
    if case.status == "registered":
        return _("Your matter is registered. It is being looked at.")
    return _("Your matter is being handled.")
