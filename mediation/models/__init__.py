"""The tables, one family a file; whoever needs a table imports it from here."""

from mediation.models.agreements import Agreement, Confirmation, Obligation, Receipt, Signature, Visit
from mediation.models.cases import (
    Attachment,
    Case,
    Correction,
    Party,
    PartyPass,
    Representative,
    SearchTerm,
    Statement,
    StoredFile,
)
from mediation.models.deadlines import Deadline, Holiday, OverdueNotice
from mediation.models.journal import Anchor, ChainHead, Entry
from mediation.models.meetings import CaucusNote, Invitation, Meeting
from mediation.models.notices import Notice
from mediation.models.papers import NumberSeries, Paper
from mediation.models.people import (
    Agency,
    Conflict,
    Membership,
    PasswordReset,
    Pool,
    SavedView,
    SignInAttempt,
    StandIn,
    User,
)
from mediation.models.work import (
    Beat,
    Draft,
    InboxMessage,
    Incident,
    Participation,
    Process,
    Release,
    Task,
    TaskComment,
    WaitingEvent,
)

__all__ = [
    "Agency", "Agreement", "Anchor", "Attachment", "Beat", "Case", "CaucusNote", "ChainHead", "Confirmation",
    "Conflict", "Correction", "Deadline", "Draft", "Entry", "Holiday", "InboxMessage", "Incident", "Invitation",
    "Meeting", "Membership", "Notice", "NumberSeries", "Obligation", "OverdueNotice", "Paper", "Participation",
    "Party", "PartyPass", "PasswordReset", "Pool", "Process", "Receipt", "Release", "Representative", "SavedView", "SearchTerm",
    "SignInAttempt", "Signature", "StandIn", "Statement", "StoredFile", "Task", "TaskComment", "User", "Visit",
    "WaitingEvent",
]  # fmt: skip
