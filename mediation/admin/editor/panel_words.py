"""The words of the editor's panel: what effects and their arguments are called, and what each field is for."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from documents.bundle import Kind

PANEL = {
    "step": lazy_gettext("What this step says of itself"),
    "form": lazy_gettext("Form of the step"),
    "ground": lazy_gettext("Ground"),
    "groundHint": lazy_gettext("The law or rule on which the step and its deadline rest."),
    "overdue": lazy_gettext("When the deadline passes"),
    "next": lazy_gettext("On the button"),
    "nextHint": lazy_gettext("What happens when the step is handed in."),
    "bind": lazy_gettext("Table that the form fills"),
    "bindHint": lazy_gettext("None: the answers stay with the step."),
    "role": lazy_gettext("Role"),
    "roleHint": lazy_gettext("The steps in this lane are offered to those who hold the role."),
    "calledFlow": lazy_gettext("Called flow"),
    "decision": lazy_gettext("Decision"),
    "result": lazy_gettext("Result goes into"),
    "resultHint": lazy_gettext("A variable that gateways and later steps read."),
    "effect": lazy_gettext("Effect"),
    "required": lazy_gettext("(required)"),
    "process": lazy_gettext("Flow"),
    "inputs": lazy_gettext("Wants from its caller"),
    "inputsHint": lazy_gettext("Names of variables, separated by commas."),
    "entry": lazy_gettext("May be started by people"),
    "entryHint": lazy_gettext("Whoever holds the role of the first lane may start it."),
    "beside": lazy_gettext("Offered beside a case"),
    "besideHint": lazy_gettext("It stands in the menu of a case and runs beside what is under way."),
    "opens": lazy_gettext("Opened by"),
    "opensHint": lazy_gettext("Keys of roles, separated by commas; left out: whoever works on the case."),
    "when": lazy_gettext("In which cases"),
    "open": lazy_gettext("open ones"),
    "closed": lazy_gettext("closed ones"),
    "if": lazy_gettext("Only if (FEEL over the case)"),
    "any": lazy_gettext("all of them"),
    "yes": lazy_gettext("yes"),
}
EFFECTS = {
    "allocate-number": lazy_gettext("Give the dossier its number"),
    "answer-referral": lazy_gettext("Answer the hand-over"),
    "appoint-court": lazy_gettext("Bring in the court"),
    "close-case": lazy_gettext("Close the case"),
    "end-mediation": lazy_gettext("End the mediation"),
    "extend-clock": lazy_gettext("Extend a clock"),
    "grade-risk": lazy_gettext("Grade the risk"),
    "issue-paper": lazy_gettext("Issue a paper"),
    "mark-default": lazy_gettext("Mark what is due as in default"),
    "open-process": lazy_gettext("Open a further flow of the case"),
    "order-supervision": lazy_gettext("Order supervision"),
    "pause-clock": lazy_gettext("Pause a clock"),
    "plan-visit": lazy_gettext("Plan a visit"),
    "plan-visits": lazy_gettext("Plan visits"),
    "record-outcome": lazy_gettext("Record the outcome"),
    "remind-agency": lazy_gettext("Remind an agency"),
    "remind-joint": lazy_gettext("Remind of the joint meeting"),
    "remind-receiver": lazy_gettext("Remind the receiving agency"),
    "resume-clock": lazy_gettext("Resume a clock"),
    "send-notice": lazy_gettext("Send a notice"),
    "send-referral": lazy_gettext("Send the hand-over"),
    "set-status": lazy_gettext("Set the status"),
    "stand-down": lazy_gettext("End the risk response"),
    "start-clock": lazy_gettext("Start a clock"),
    "stop-clock": lazy_gettext("Stop a clock"),
    "tell-members": lazy_gettext("Tell the members of the group"),
    "warn-overdue": lazy_gettext("Warn that a step is overdue"),
}
ARGUMENTS = {
    "agency": lazy_gettext("Agency"),
    "agreed": lazy_gettext("Who has agreed"),
    "authority": lazy_gettext("On whose authority"),
    "cause": lazy_gettext("Cause"),
    "clock": lazy_gettext("Clock"),
    "days": lazy_gettext("Days"),
    "evidence": lazy_gettext("Evidence"),
    "expects_answer": lazy_gettext("An answer is expected"),
    "kind": lazy_gettext("Kind of paper"),
    "level": lazy_gettext("Level"),
    "on": lazy_gettext("On which day"),
    "outcome": lazy_gettext("Outcome"),
    "paper": lazy_gettext("Paper"),
    "process": lazy_gettext("Flow"),
    "reason": lazy_gettext("Reason"),
    "settled": lazy_gettext("Settled there"),
    "status": lazy_gettext("Status"),
    "step": lazy_gettext("Step"),
    "subject": lazy_gettext("Subject"),
    "target": lazy_gettext("Target"),
    "template": lazy_gettext("Template"),
    "to": lazy_gettext("Addressed to"),
    "until": lazy_gettext("Until"),
    "who": lazy_gettext("Whom"),
}
VALUES = {
    "all": lazy_gettext("all, one for everybody"),
    "each": lazy_gettext("each party"),
    "applicant": lazy_gettext("the applicant"),
    "respondent": lazy_gettext("the respondent"),
    "court": lazy_gettext("the court"),
    "file": lazy_gettext("the file"),
    "agency": lazy_gettext("an agency"),
    "debtor": lazy_gettext("the debtor"),
    "creditor": lazy_gettext("the creditor"),
    "parties": lazy_gettext("the parties"),
    "mediator": lazy_gettext("the mediator"),
    "holder": lazy_gettext("who holds the step"),
    "director": lazy_gettext("the director"),
}


def effect(name: str) -> str:
    """What an effect is called; one that has no words here shows its name."""
    return str(EFFECTS.get(name, name))


def argument(name: str) -> str:
    return str(ARGUMENTS.get(name, name))


def value(word: str) -> str:
    return str(VALUES.get(word, ""))


def allowed(words: Sequence[str]) -> str:
    """What may be typed where the choice is not closed."""
    return _("One of: %(words)s", words="、".join(words))


def title_of(kind: Kind, language: str) -> str:
    """The title of a kind of paper."""
    return kind.name.get(language) or kind.name.get("zh", kind.key)
