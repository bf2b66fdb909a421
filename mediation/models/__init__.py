"""The tables, one family a file; whoever needs a table imports it from here."""

from mediation.models.agreements import (
    Agreement,
    AgreementChange,
    Confirmation,
    ConfirmationConsent,
    Obligation,
    Packet,
    Promise,
    Receipt,
    Signature,
    Understanding,
    Visit,
)
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
from mediation.models.deadlines import Deadline, DeadlineExtension, DeadlinePause, Holiday, HouseRule, OverdueNotice
from mediation.models.delivery import Delivery
from mediation.models.dossiers import ArchivedCase, ArchivedFile, Dossier
from mediation.models.duty import DutyPost, DutyTurn, HandedOn, Participant, StaffTie, Studio
from mediation.models.editing import DraftEditor, DraftFile, ReleaseDraft
from mediation.models.grid import GridSearch, SearchArea, SearchFinding, SearchResult
from mediation.models.groups import Election, RosterDraft, RosterMember
from mediation.models.journal import Anchor, ChainHead, Entry
from mediation.models.links import Alarm, CaseLink, CaseTrait
from mediation.models.meetings import (
    AgencyOpinion,
    CaucusNote,
    Interpreter,
    Invitation,
    JointTask,
    Meeting,
    Room,
)
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
from mediation.models.referrals import Referral
from mediation.models.risk import CrisisMember, SealedNote, SealedNoteReader
from mediation.models.signing import Hand, PaperVersion, SealCertificate, SigningLink
from mediation.models.supervision import SupervisionOrder, Urging, WarningTold
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
    "Agency", "AgencyOpinion", "Agreement", "AgreementChange", "Alarm", "Anchor", "ArchivedCase", "ArchivedFile", "Attachment",
    "Beat", "Case", "CaseLink", "CaseTrait", "CaucusNote", "ChainHead", "Confirmation", "ConfirmationConsent", "Conflict",
    "Correction", "CrisisMember", "Deadline", "DeadlineExtension", "DeadlinePause", "Delivery", "Dossier", "Draft",
    "DraftEditor", "DraftFile", "DutyPost", "DutyTurn", "Election", "Entry", "GridSearch", "Hand", "HandedOn", "Holiday",
    "HouseRule", "InboxMessage", "Incident", "Interpreter", "Invitation", "JointTask", "Meeting", "Membership", "Notice",
    "NumberSeries", "Obligation", "OverdueNotice", "Packet", "Paper", "PaperVersion", "Participant", "Participation", "Party",
    "PartyPass", "PasswordReset", "Pool", "Process", "Promise", "Receipt", "Referral", "Release", "ReleaseDraft", "Representative",
    "Room", "RosterDraft", "RosterMember", "SavedView", "SealCertificate", "SealedNote", "SealedNoteReader",
    "SearchArea", "SearchFinding", "SearchResult", "SearchTerm", "SignInAttempt", "Signature", "SigningLink", "StaffTie", "StandIn",
    "Statement", "StoredFile", "Studio", "SupervisionOrder", "Task", "TaskComment", "Understanding", "Urging", "User", "Visit",
    "WaitingEvent", "WarningTold",
]  # fmt: skip
