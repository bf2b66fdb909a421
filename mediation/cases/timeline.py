"""The course of a case in words: every entry of its chain becomes a sentence, in the language of the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from mediation import codes
from mediation.cases import flow_words
from mediation.models import Case, Entry, Paper, Party
from mediation.requests import language
from mediation.words import named


@dataclass(frozen=True)
class Line:
    """One entry as the page draws it; `papers` came out of it."""

    at: datetime
    who: str
    what: str
    icon: str
    tone: str | None
    note: str = ""
    papers: list[Paper] = field(default_factory=list)


@dataclass(frozen=True)
class Words:
    """What is needed to name things: the case's release, its parties, papers and people by id."""

    case: Case
    parties: dict[int, Party]
    papers: dict[int, Paper]
    people: dict[int, str]
    kinds: dict[str, str]  # paper kind -> name

    def of_party(self, subject: str) -> str:
        party = self.parties.get(_number(subject))
        return party.name if party else ""


Told = tuple[str, str, str | None]
Teller = Callable[[Entry, Words], Told]


def lines(entries: Sequence[Entry], words: Words) -> list[Line]:
    """The entries as lines; papers stand beside the step that issued them."""
    told = []
    for entry in entries:
        what, icon, tone = _tell(entry, words)
        note = str((entry.details or {}).get("reason") or "") if entry.action in _WITH_REASON else ""
        paper = words.papers.get(_number(entry.subject)) if entry.subject.startswith("paper:") else None
        told.append(Line(entry.at, who(entry, words), what, icon, tone, note, [paper] if paper else []))
    return told


_WITH_REASON = (
    "task-sent-back", "party-withdrawn", "referral-returned", "referral-withdrawn", "referral-decided", "referral-dropped",
    "mediator-relieved", "supervision-withdrawn",
)  # fmt: skip


def who(entry: Entry, words: Words) -> str:
    """Who did it: a person by name, a party, or the program."""
    if entry.user is not None:
        return named(entry.user)
    if entry.actor.startswith("party:"):
        return words.of_party(entry.actor) or _("a party")
    return {"flow": _("the flow"), "scheduler": _("the clock"), "system": _("the program"), "worker": _("the program")}.get(
        entry.actor, entry.actor
    )  # fmt: skip


def _number(subject: str) -> int:
    digits = subject.rpartition(":")[2]
    return int(digits) if digits.isdigit() else 0


def _tell(entry: Entry, words: Words) -> Told:
    teller = _TELLERS.get(entry.action)
    return teller(entry, words) if teller else (entry.action, "circle", None)


def _step(entry: Entry, words: Words) -> str:
    details = entry.details or {}
    process = next(
        (step[0] for step in details.get("path", []) if step[1] == entry.subject), details.get("process", "")
    )
    named = flow_words.element_name(words.case.release_hash, process, entry.subject)
    return details.get("name", named) if named == entry.subject else named


def _flow(entry: Entry, words: Words) -> str:
    return flow_words.process_name(words.case.release_hash, (entry.details or {}).get("process", ""))


def _kind(entry: Entry, words: Words) -> str:
    kind = str((entry.details or {}).get("kind", ""))
    return words.kinds.get(kind, kind)


def _person(entry: Entry, words: Words) -> str:
    return words.people.get(_number(entry.subject), "")


def _detail(entry: Entry, key: str) -> Any:
    return (entry.details or {}).get(key, "")


def _addressee(entry: Entry, words: Words) -> str:
    """The party to which a paper was delivered, or was to be."""
    return words.of_party(f"party:{_detail(entry, 'party')}")


def _recounted(entry: Entry) -> str:
    """The steps of a corrected calendar, each with its old and new day."""
    steps = _detail(entry, "steps") or []
    return ", ".join(f"{one['name']} {one['before']} → {one['after']}" for one in steps)


def _agency(entry: Entry) -> str:
    english = str(_detail(entry, "agency_en"))
    return english if language() == "en" and english else str(_detail(entry, "agency"))


_TELLERS: dict[str, Teller] = {
    "referral-sent": lambda e, w: (_("Handed over to %(agency)s", agency=_agency(e)), "send", "accent"),
    "referral-signed": lambda e, w: (_("%(agency)s signed for it", agency=_agency(e)), "signature", "good"),
    "referral-returned": lambda e, w: (_("%(agency)s returned it", agency=_agency(e)), "arrow-back-up", "warning"),
    "referral-answered": lambda e, w: (_("%(agency)s answered", agency=_agency(e)), "message", "good"),
    "referral-withdrawn": lambda e, w: (_("Called back from %(agency)s", agency=_agency(e)), "arrow-back", "warning"),
    "referral-reminded": lambda e, w: (_("%(agency)s was reminded", agency=_agency(e)), "bell", "warning"),
    "referral-decided": lambda e, w: (_("The director decided about the hand-over"), "gavel", "accent"),
    "referral-dropped": lambda e, w: (_("Not handed over: the centre keeps it"), "home", None),
    "case-registered": lambda e, w: (_("The dispute was registered"), "clipboard-list", "accent"),
    "process-started": lambda e, w: (_("Began: %(flow)s", flow=_flow(e, w)), "player-play", None),
    "process-cancelled": lambda e, w: (_("Broken off: %(flow)s", flow=_flow(e, w)), "player-pause", "warning"),
    "process-moved": lambda e, w: (_("Moved to another release: %(flow)s", flow=_flow(e, w)), "git-branch", None),
    "task-completed": lambda e, w: (_("Done: %(step)s", step=_step(e, w)), "check", "good"),
    "task-sent-back": lambda e, w: (_("Sent back: %(step)s", step=_step(e, w)), "arrow-back-up", "warning"),
    "task-taken-back": lambda e, w: (_("Taken back: %(step)s", step=_step(e, w)), "arrow-back", "warning"),
    "task-claimed": lambda e, w: (_("Claimed: %(step)s", step=_step(e, w)), "hand-grab", None),
    "task-released": lambda e, w: (_("Given back to the pool: %(step)s", step=_step(e, w)), "hand-stop", None),
    "task-handed-over": lambda e, w: (_("Handed over: %(step)s", step=_step(e, w)), "user-share", None),
    "message-delivered": lambda e, w: (
        _("The flow took up a message: %(name)s", name=message_name(e)),
        "message",
        None,
    ),
    "timer-fired": lambda e, w: (_("A date was reached"), "clock", None),
    "timer-moved": lambda e, w: (_("A date was moved"), "clock", None),
    "paper-issued": lambda e, w: (_("Paper issued: %(kind)s", kind=_kind(e, w)), "file-text", None),
    "paper-reissued": lambda e, w: (_("Paper issued anew: %(kind)s", kind=_kind(e, w)), "file-plus", None),
    "paper-withdrawn": lambda e, w: (_("Paper withdrawn"), "file", "warning"),
    "fact-corrected": lambda e, w: (_("Corrected: %(field)s", field=field_name(_detail(e, "field"))), "pencil", None),
    "case-voided": lambda e, w: (_("Voided: registered in error"), "ban", "danger"),
    "statement-taken": lambda e, w: (_("Account taken: %(party)s", party=w.of_party(e.subject)), "writing", None),
    "enquiry-taken": lambda e, w: (_("Enquiry recorded: %(party)s", party=w.of_party(e.subject)), "notes", None),
    "request-taken": lambda e, w: (_("Request received: %(party)s", party=w.of_party(e.subject)), "message-2", None),
    "attachment-added": lambda e, w: (_("Attachment received"), "paperclip", None),
    "attachment-shared": lambda e, w: (_("Attachment shared with both sides"), "share", None),
    "attachment-withdrawn": lambda e, w: (_("Attachment withdrawn"), "paperclip", "warning"),
    "conflict-declared": lambda e, w: (
        _("Tie declared: %(person)s", person=_person(e, w)),
        "alert-triangle",
        "warning",
    ),
    "conflict-accepted": lambda e, w: (
        _("Both sides accept, told of the tie: %(person)s", person=_person(e, w)),
        "check",
        None,
    ),
    "party-code-renewed": lambda e, w: (_("New code for %(party)s", party=w.of_party(e.subject)), "key", None),
    "party-withdrawn": lambda e, w: (_("Party taken out: %(party)s", party=w.of_party(e.subject)), "user-x", "warning"),
    "representative-added": lambda e, w: (
        _("Representative added: %(party)s", party=w.of_party(e.subject)),
        "user-plus",
        None,
    ),
    "consent-recorded": lambda e, w: (
        _("%(party)s: %(answer)s", party=w.of_party(e.subject), answer=codes.name("consents", _detail(e, "consent"))),
        "hand-stop" if _detail(e, "consent") == "refuse" else "thumb-up",
        "warning" if _detail(e, "consent") == "refuse" else "good",
    ),
    "status-set": lambda e, w: (
        _("Now: %(status)s", status=codes.name("statuses", _detail(e, "status"))),
        "flag",
        "accent",
    ),
    "number-allocated": lambda e, w: (_("Number given: %(number)s", number=_detail(e, "number")), "tag", "accent"),
    "mediator-appointed": lambda e, w: (
        _("Mediator appointed: %(person)s", person=_person(e, w)),
        "user-check",
        "accent",
    ),
    "mediator-relieved": lambda e, w: (
        _("%(person)s no longer mediates this case", person=_person(e, w)),
        "user-minus",
        "warning",
    ),
    "court-appointed": lambda e, w: (_("Handed to the court"), "building-bank", None),
    "clock-started": lambda e, w: (_("Clock started"), "hourglass", None),
    "clock-stopped": lambda e, w: (_("Clock stopped"), "clock-pause", None),
    "deadline-moved": lambda e, w: (_("Time for mediation extended"), "hourglass", None),
    "case-closed": lambda e, w: (_("Case closed"), "archive", "good"),
    "risk-raised": lambda e, w: (_("Risk: %(risk)s", risk=codes.name("risks", _detail(e, "risk"))), "urgent", "danger"),
    "party-protected": lambda e, w: (
        (_("Contact data of %(name)s is hidden", name=w.of_party(e.subject)), "shield", "accent")
        if _detail(e, "protected")
        else (_("Contact data of %(name)s is no longer hidden", name=w.of_party(e.subject)), "shield", None)
    ),
    "crisis-team-formed": lambda e, w: (_("A crisis team was formed"), "users", "danger"),
    "crisis-team-left": lambda e, w: (_("Members of the crisis team stood down"), "users", None),
    "table-left": lambda e, w: (
        _("%(person)s left the table: %(reason)s", person=_person(e, w), reason=_why_left(e)),
        "user-minus",
        None,
    ),  # fmt: skip
    "sealed-note-kept": lambda e, w: (_("A session with the counsellor; the notes are sealed"), "lock", None),
    "sealed-note-shared": lambda e, w: (_("The author said who may open a sealed note"), "lock", None),
    "sealed-note-read": lambda e, w: (_("A sealed note was opened"), "lock", "warning"),
    "incident": lambda e, w: (_("A step could not be taken; the administrators were told"), "alert-circle", "danger"),
    "overdue-warned": lambda e, w: (_("Warned that a date is near or has passed"), "clock-exclamation", "warning"),
    "notice-queued": lambda e, w: (_("Notice sent"), "mail", None),
    "examined": lambda e, w: (_("Examined"), "clipboard-check", None),
    "triaged": lambda e, w: (_("Triage decided"), "route", None),
    "refusal-decided": lambda e, w: (_("Refusal decided"), "ban", None),
    "rights-told": lambda e, w: (
        _("Told of rights and duties: %(party)s", party=w.of_party(e.subject)),
        "report",
        None,
    ),
    "ending-recorded": lambda e, w: (_("End of mediation recorded"), "hand-stop", "warning"),
    "closing-recorded": lambda e, w: (_("File closed"), "archive", None),
    "outcome-recorded": lambda e, w: (
        _("Outcome: %(outcome)s", outcome=codes.name("outcomes", _detail(e, "outcome"))),
        "flag",
        None,
    ),
    "caucus-noted": lambda e, w: (_("A talk with one side alone was noted"), "lock", None),
    "consent-answered": lambda e, w: (_("Answered online: %(party)s", party=who(e, w)), "thumb-up", None),
    "mediation-ended-by-party": lambda e, w: (
        _("Mediation ended by %(party)s", party=who(e, w)),
        "hand-stop",
        "warning",
    ),
    "meeting-answered": lambda e, w: (_("Answered the invitation: %(party)s", party=who(e, w)), "calendar", None),
    "message-sent": lambda e, w: (_("Wrote to the centre: %(party)s", party=who(e, w)), "message-2", None),
    "party-came-in": lambda e, w: (_("Looked into the case online"), "login", None),
    "party-left": lambda e, w: (_("Left the online page"), "logout", None),
    "party-pass-sent": lambda e, w: (_("One-time password sent"), "key", None),
    "party-refused": lambda e, w: (_("A wrong code was entered"), "alert-triangle", "warning"),
    "paper-rendered": lambda e, w: (_("Paper made"), "file-check", None),
    "paper-signed": lambda e, w: (_("A signature was put into a paper"), "writing-sign", None),
    "dossier-asked": lambda e, w: (_("A dossier was asked for"), "book", "accent"),
    "dossier-sealed": lambda e, w: (_("The dossier was bound and sealed"), "book", "good"),
    "dossier-failed": lambda e, w: (_("The dossier could not be made"), "book", "danger"),
    "paper-sealed": lambda e, w: (_("A paper was sealed"), "rubber-stamp", None),
    "paper-translated": lambda e, w: (_("Printed with an English translation: %(kind)s", kind=_kind(e, w)), "language", None),
    "paper-disagrees": lambda e, w: (
        _("Signed before, and no longer agrees with a correction: %(kind)s", kind=_kind(e, w)),
        "file-alert",
        "warning",
    ),
    "signing-invited": lambda e, w: (_("Identity checked, asked to sign"), "id", None),
    "signing-seen": lambda e, w: (_("Looked at who has signed"), "eye", None),
    "hand-given": lambda e, w: (_("Signed on a screen"), "writing-sign", None),
    "hand-left-out": lambda e, w: (_("A signature was left out"), "writing-sign-off", None),
    "scan-taken": lambda e, w: (_("Signed sheets came back"), "scan", None),
    "seal-asked": lambda e, w: (_("The seal was asked for"), "rubber-stamp", None),
    "paper-refused": lambda e, w: (_("A paper could not be made"), "file", "danger"),
    "deadline-passed": lambda e, w: (_("A deadline has passed"), "clock-exclamation", "warning"),
    "task-overdue": lambda e, w: (_("Overdue: %(step)s", step=_step(e, w)), "clock-exclamation", "warning"),
    "task-seen": lambda e, w: (_("Opened a step"), "eye", None),
    "letter-handed-over": lambda e, w: (_("Letter handed over"), "mail", None),
    "letter-posted": lambda e, w: (_("Letter posted"), "mail", None),
    "letter-not-found": lambda e, w: (_("Letter: addressee not found"), "mail", "warning"),
    "letter-refused": lambda e, w: (_("Letter refused"), "mail", "warning"),
    "task-commented": lambda e, w: (_("Remark: %(step)s", step=_step(e, w)), "message", None),
    "task-asked": lambda e, w: (_("A colleague was asked: %(step)s", step=_step(e, w)), "help-circle", None),
    "witness-taken": lambda e, w: (_("A witness was asked"), "notes", None),
    "case-seen": lambda e, w: (_("Opened the case"), "eye", None),
    "content-seen": lambda e, w: (_("Read the parties' accounts"), "eye", None),
    "revealed": lambda e, w: (
        _("Looked at %(what)s of %(party)s", what=field_name(_detail(e, "what")), party=w.of_party(e.subject)),
        "eye",
        None,
    ),
    "attachment-downloaded": lambda e, w: (_("Fetched an attachment"), "download", None),
    "packet-downloaded": lambda e, w: (_("Fetched the papers for the court"), "download", None),
    "delivery-seen": lambda e, w: (_("Looked at what is to be delivered"), "eye", None),
    "dossier-downloaded": lambda e, w: (_("Fetched the dossier"), "download", None),
    "archive-exported": lambda e, w: (_("Fetched the electronic archive"), "package-export", None),
    "paper-exported": lambda e, w: (_("Took out a paper with its proof: %(kind)s", kind=_kind(e, w)), "package-export", None),
    "paper-downloaded": lambda e, w: (_("Fetched a paper"), "download", None),
    "journal-seen": lambda e, w: (_("Read the journal"), "eye", None),
    "searched": lambda e, w: (_("Found by a search"), "search", None),
    "task-put-back": lambda e, w: (_("Given back to the pool: %(step)s", step=_step(e, w)), "hand-stop", None),
    "tie-found": lambda e, w: (_("Tie found: %(person)s", person=_person(e, w)), "alert-triangle", "warning"),
    "tie-cleared": lambda e, w: (_("Not the same person: %(person)s", person=_person(e, w)), "check", None),
    "case-linked": lambda e, w: (_("Linked: %(kind)s", kind=codes.name("links", _detail(e, "kind"))), "link", "accent"),
    "case-unlinked": lambda e, w: (_("Link undone"), "x", "warning"),
    "alarm-raised": lambda e, w: (
        _("Came in after closing: %(source)s", source=codes.name("alarms", e.subject)),
        "urgent",
        "warning",
    ),
    "alarm-checked": lambda e, w: (_("What came in after closing was checked"), "clipboard-check", None),
    "studio-chosen": lambda e, w: (_("Studio chosen"), "users", None),
    "studio-declined": lambda e, w: (_("The studio does not take the case up"), "hand-stop", "warning"),
    "people-invited": lambda e, w: (_("People invited to the table"), "user-plus", None),
    "participant-consent": lambda e, w: (
        _("%(party)s on an invited person", party=w.of_party(e.subject)),
        "user-check",
        None,
    ),
    "participant-left": lambda e, w: (_("An invited person leaves"), "user-x", None),
    "acted-for": lambda e, w: (_("A stand-in acted: %(step)s", step=_step(e, w)), "users", None),
    "task-urged": lambda e, w: (_("Urged: %(step)s", step=_step(e, w)), "bell", "warning"),
    "supervision-ordered": lambda e, w: (_("A supervision order was given"), "urgent", "danger"),
    "supervision-answered": lambda e, w: (_("The supervision order was answered"), "message", None),
    "supervision-withdrawn": lambda e, w: (_("The supervision order was withdrawn"), "arrow-back", None),
    "supervision-reviewed": lambda e, w: (_("The answer to the supervision order was looked at"), "eye", None),
    "time-over": lambda e, w: (_("A deadline has passed"), "clock-exclamation", "danger"),
    "timers-moved": lambda e, w: (_("Dates follow a deadline that has changed"), "clock", None),
    "steps-recounted": lambda e, w: (
        _("Dates of steps counted anew with the calendar: %(steps)s", steps=_recounted(e)),
        "hourglass",
        None,
    ),
    "clock-paused": lambda e, w: (_("Clock paused"), "clock-pause", "warning"),
    "clock-resumed": lambda e, w: (_("Clock goes on"), "hourglass", None),
    "clock-recounted": lambda e, w: (
        _(
            "Counted anew with the calendar: %(before)s is now %(after)s",
            before=_detail(e, "before"),
            after=_detail(e, "after"),
        ),
        "calendar",
        None,
    ),
    "notice-sent": lambda e, w: (_("A message has gone out"), "mail", None),
    "notice-failed": lambda e, w: (_("A message could not be delivered"), "mail", "warning"),
    "incident-retried": lambda e, w: (_("A step that had failed went on"), "refresh", None),
    "incident-resolved": lambda e, w: (_("A step that had failed was dealt with"), "check", None),
    "agencies-asked": lambda e, w: (_("Agencies were asked to a joint meeting"), "users", None),
    "opinion-given": lambda e, w: (_("An agency gave its opinion"), "message", None),
    "joint-meeting-called": lambda e, w: (_("A joint meeting was called"), "calendar", "accent"),
    "joint-meeting-called-off": lambda e, w: (_("A joint meeting was called off"), "calendar", "warning"),
    "joint-minutes": lambda e, w: (_("The minutes of the joint meeting were written"), "notes", None),
    "joint-task-answered": lambda e, w: (_("An agency answered for its part"), "clipboard-check", None),
    "joint-concluded": lambda e, w: (_("The joint meeting was concluded"), "flag", None),
    "roster-imported": lambda e, w: (
        _("Members put on the roster: %(count)s", count=_detail(e, "members")),
        "users",
        "accent",
    ),  # fmt: skip
    "roster-checked": lambda e, w: (_("The roster was checked"), "clipboard-check", None),
    "roster-seen": lambda e, w: (_("Read the roster"), "eye", None),
    "group-represented": lambda e, w: (_("It is settled who speaks for the group"), "users", None),
    "representatives-elected": lambda e, w: (_("Representatives were elected"), "users", "good"),
    "owners-voted": lambda e, w: (_("The vote of the owners was counted"), "calculator", None),
    "member-consents": lambda e, w: (
        _("Consents of members written down: %(count)s", count=_detail(e, "members")),
        "writing",
        None,
    ),  # fmt: skip
    "member-votes": lambda e, w: (
        _("Votes of members written down: %(count)s", count=_detail(e, "members")),
        "writing",
        None,
    ),  # fmt: skip
    "members-told": lambda e, w: (
        _("Members told of the other ways: %(count)s", count=_detail(e, "members")),
        "mail",
        None,
    ),  # fmt: skip
    "consents-closed": lambda e, w: (_("No further consents of members are collected"), "lock", None),
    "court-commissioned": lambda e, w: (_("The court commissioned the mediation"), "building-bank", "accent"),
    "service-address-confirmed": lambda e, w: (
        _("Address for service confirmed: %(party)s", party=w.of_party(e.subject)),
        "mail",
        None,
    ),  # fmt: skip
    "failure-reported": lambda e, w: (_("Reported that mediation has failed"), "file-text", "warning"),
    "filing-prepared": lambda e, w: (_("The papers for the court were prepared"), "file-plus", None),
    "file-reviewed": lambda e, w: (_("The quality of the file was reviewed"), "clipboard-check", None),
    "public-order-examined": lambda e, w: (_("Examined whether the police may mediate"), "clipboard-check", None),
    "public-order-mediated": lambda e, w: (_("The police mediated"), "gavel", None),
    "red-findings-kept": lambda e, w: (
        _("Red findings of the checker stay: %(reason)s", reason=_detail(e, "reason")),
        "alert-triangle",
        "warning",
    ),
    "change-proposed": lambda e, w: (_("A change of the agreement is proposed"), "pencil", None),
    "change-answered": lambda e, w: (_("A party answered the change on its own page"), "message", None),
    "change-agreed": lambda e, w: (_("All parties agree to the change"), "users", "good"),
    "change-dropped": lambda e, w: (_("The agreement is not changed"), "ban", None),
    "change-effective": lambda e, w: (_("The change of the agreement is in effect"), "file-check", "good"),
    "confirmation-wanted": lambda e, w: (
        _("%(party)s wants the court to confirm the agreement", party=w.of_party(e.subject)),
        "user-check",
        None,
    ),
    "confirmation-unwanted": lambda e, w: (
        _("%(party)s does not want the court to confirm the agreement", party=w.of_party(e.subject)),
        "user-x",
        None,
    ),
    "promise-made": lambda e, w: (
        _("The debtor promises to perform on %(day)s; the agreed date stays", day=_detail(e, "day")), "calendar-check", None,
    ),  # fmt: skip
    "packet-asked": lambda e, w: (_("A packet for the court is gathered"), "files", None),
    "packet-bound": lambda e, w: (_("A packet for the court is bound"), "files", "good"),
    "receipt-handed-in": lambda e, w: (_("A party handed in a receipt"), "receipt", "accent"),
    "delivery-planned": lambda e, w: (_("A paper is to be delivered to %(party)s", party=_addressee(e, w)), "send", None),
    "delivery-called-off": lambda e, w: (_("A delivery was called off"), "ban", None),
    "delivery-received": lambda e, w: (_("%(party)s received a paper", party=_addressee(e, w)), "check", "good"),
    "delivery-left": lambda e, w: (_("A paper was left at the place of %(party)s", party=_addressee(e, w)), "home", "good"),
    "delivery-refused": lambda e, w: (_("%(party)s refused to receive a paper", party=_addressee(e, w)), "hand-stop", "warning"),
    "delivery-failed": lambda e, w: (_("A paper did not reach %(party)s", party=_addressee(e, w)), "x", "warning"),
    "agreement-understood": lambda e, w: (
        _("A party ticked points of the agreement as understood: %(count)s", count=len(_detail(e, "terms") or ())),
        "user-check",
        None,
    ),
}


def _why_left(entry: Entry) -> str:
    named = {
        "risk-lower": _("the danger has sunk"),
        "risk-over": _("the danger is over"),
        "not-named": _("no longer named"),
    }
    return named.get(str(_detail(entry, "reason")), "")


def message_name(entry: Entry) -> str:
    """What came to the flow from outside."""
    named = {
        "mediation-ended": _("mediation was ended"),
        "extension-requested": _("more time was asked for"),
        "receipt-reported": _("a payment was reported"),
        "papers-supplied": _("papers were supplied"),
    }
    message = str(_detail(entry, "message"))
    return named.get(message, message)


def field_name(key: str) -> str:
    """A registered fact as the pages call it."""
    named = {
        "title": _("Title"),
        "summary": _("What happened"),
        "claims": _("What is asked for"),
        "kind": _("Kind"),
        "source": _("How it came in"),
        "amount": _("Amount"),
        "place": _("Place"),
        "happened_on": _("Day it happened"),
        "people_count": _("People concerned"),
        "name": _("Full name"),
        "sex": _("Sex"),
        "birth_date": _("Date of birth"),
        "ethnicity": _("Ethnicity"),
        "occupation": _("Occupation"),
        "id_number": _("Identity number"),
        "phone": _("Telephone"),
        "address": _("Address"),
        "service_address": _("Address for service"),
        "interpreter": _("Needs an interpreter"),
        "protected": _("Address kept from the other side"),
    }
    return named.get(key, key)
