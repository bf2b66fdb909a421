"""The words of the editor's panel: what effects and their arguments are called, and what each field is for."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from documents.bundle import Kind

PANEL = {
    "step": _l("What this step says of itself"),
    "form": _l("Form of the step"),
    "ground": _l("Ground"),
    "groundHint": _l("The law or rule on which the step and its deadline rest."),
    "overdue": _l("When the deadline passes"),
    "next": _l("On the button"),
    "nextHint": _l("What happens when the step is handed in."),
    "bind": _l("Table that the form fills"),
    "bindHint": _l("None: the answers stay with the step."),
    "role": _l("Role"),
    "roleHint": _l("The steps in this lane are offered to those who hold the role."),
    "calledFlow": _l("Called flow"),
    "decision": _l("Decision"),
    "result": _l("Result goes into"),
    "resultHint": _l("A variable that gateways and later steps read."),
    "effect": _l("Effect"),
    "process": _l("Flow"),
    "inputs": _l("Wants from its caller"),
    "inputsHint": _l("Names of variables, separated by commas."),
    "entry": _l("May be started by people"),
    "entryHint": _l("Whoever holds the role of the first lane may start it."),
    "yes": _l("yes"),
}
EFFECTS = {
    "allocate-number": _l("Give the dossier its number"),
    "answer-referral": _l("Answer the hand-over"),
    "appoint-court": _l("Bring in the court"),
    "close-case": _l("Close the case"),
    "extend-clock": _l("Extend a clock"),
    "issue-paper": _l("Issue a paper"),
    "mark-default": _l("Mark what is due as in default"),
    "open-process": _l("Open a further flow of the case"),
    "order-supervision": _l("Order supervision"),
    "pause-clock": _l("Pause a clock"),
    "plan-visits": _l("Plan visits"),
    "record-outcome": _l("Record the outcome"),
    "resume-clock": _l("Resume a clock"),
    "send-notice": _l("Send a notice"),
    "set-status": _l("Set the status"),
    "start-clock": _l("Start a clock"),
    "stop-clock": _l("Stop a clock"),
    "warn-overdue": _l("Warn that a step is overdue"),
}
ARGUMENTS = {
    "agency": _l("Agency"),
    "clock": _l("Clock"),
    "days": _l("Days"),
    "kind": _l("Kind of paper"),
    "outcome": _l("Outcome"),
    "paper": _l("Paper"),
    "process": _l("Flow"),
    "reason": _l("Reason"),
    "settled": _l("Settled there"),
    "status": _l("Status"),
    "step": _l("Step"),
    "subject": _l("Subject"),
    "target": _l("Target"),
    "template": _l("Template"),
    "to": _l("Addressed to"),
}
VALUES = {
    "all": _l("all, one for everybody"),
    "each": _l("each party"),
    "applicant": _l("the applicant"),
    "respondent": _l("the respondent"),
    "court": _l("the court"),
    "file": _l("the file"),
    "agency": _l("an agency"),
    "debtor": _l("the debtor"),
    "parties": _l("the parties"),
    "mediator": _l("the mediator"),
    "holder": _l("who holds the step"),
    "director": _l("the director"),
}


def effect(name: str) -> str:
    """What an effect is called; one that has no words here shows its name."""
    return str(EFFECTS.get(name, name))


def argument(name: str) -> str:
    return str(ARGUMENTS.get(name, name))


def value(word: str) -> str:
    return str(VALUES.get(word, ""))


def required() -> str:
    return " " + _("(required)")


def allowed(words: Sequence[str]) -> str:
    """What may be typed where the choice is not closed."""
    return _("One of: %(words)s", words="、".join(words))


def title_of(kind: Kind, language: str) -> str:
    """The title of a kind of paper."""
    return kind.name.get(language) or kind.name.get("zh", kind.key)
