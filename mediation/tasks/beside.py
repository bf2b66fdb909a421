"""What one needs beside the form: parties, each side's account, the agreement, the last minutes, papers, files, remarks."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from documents.agreement.checker import Finding
from documents.agreement.terms import Term
from mediation import access, case_view, flow
from mediation.agreements import checking
from mediation.agreements.changes import Proposal, proposed
from mediation.agreements.remedies import Remedies, remedies
from mediation.cases import queries as cases
from mediation.cases.clock_words import ClockStory, story
from mediation.extensions import db
from mediation.models import Agreement, Attachment, Case, Meeting, Paper, Party, Statement, Task, TaskComment, User
from mediation.permissions import can_read_content


@dataclass(frozen=True)
class Beside:
    """Facts for the page; what stands behind a wall is there only for those who may read it."""

    parties: list[Party]
    content: bool
    statements: dict[int | None, list[Statement]]
    agreement: Agreement | None
    minutes: Meeting | None
    papers: list[Paper]
    attachments: list[Attachment]
    comments: list[TaskComment]
    clocks: list[ClockStory]
    said: list[tuple[Term, str]]
    findings: list[tuple[Finding, str]]
    remedies: Remedies | None
    change: Proposal | None  # what the sides are asked about


# Steps after a default: there the sides learn what else is open to them.
AFTER_DEFAULT = ("urging", "default-routes")


def beside(task: Task, user: User) -> Beside:
    """Everything that stands beside a task's form for this person."""
    case = task.case
    content, sight = can_read_content(user, case), access.view_of(user, case)
    told = access.reads_statements(user, case)
    agreement = _agreement(task) if sight.has("papers") else None
    return Beside(
        cases.parties(case), access.reads_contacts(user, case), _statements(case) if told else {},
        agreement, _last_minutes(case) if content else None,
        cases.papers(user, case), cases.attachments(user, case), comments(task), _clocks(user, case),
        case_view.said(agreement) if agreement else [], _findings(task, agreement),
        remedies(case, user) if task.bind in AFTER_DEFAULT and task.status == "open" else None,
        proposed(case) if task.bind == "agreement-change-consents" and sight.has("papers") else None,
    )  # fmt: skip


def _clocks(user: User, case: Case) -> list[ClockStory]:
    """The clocks that run for the case or stand still, the nearest first."""
    rows = [row for row in cases.deadlines(user, case) if row.stopped_at is None]
    return [story(row, case.release_hash) for row in rows]


def comments(task: Task) -> list[TaskComment]:
    """Remarks and questions beside the task, the first first."""
    query = select(TaskComment).where(TaskComment.task_id == task.id)
    people = (
        joinedload(TaskComment.by).lazyload(User.memberships),
        joinedload(TaskComment.asked).lazyload(User.memberships),
    )
    return list(db.session.scalars(query.options(*people).order_by(TaskComment.id)))


def _statements(case: Case) -> dict[int | None, list[Statement]]:
    """Each side's own account, side by side and never mixed."""
    found: dict[int | None, list[Statement]] = {}
    for one in cases.statements(case):
        found.setdefault(one.party_id, []).append(one)
    return found


def _agreement(task: Task) -> Agreement | None:
    """What was agreed on, for every step after its draft; whoever drafts has it in the form."""
    return None if task.bind in ("agreement", "oral-agreement") else cases.agreement(task.case)


def _findings(task: Task, agreement: Agreement | None) -> list[tuple[Finding, str]]:
    """Whoever checks the draft sees what the rules find in it today, red ones with the reason why they stay.

    What concerns the whole comes first, then term by term.
    """
    if agreement is None or task.bind != "agreement-check":
        return []
    reasons = {(row["rule"], row["place"]): row["reason"] for row in agreement.findings}
    found = sorted(checking.look_again(task.case, agreement), key=lambda one: -1 if one.term is None else one.term)
    return [(one, reasons.get((one.rule, one.place), "")) for one in found]


def _last_minutes(case: Case) -> Meeting | None:
    query = select(Meeting).where(Meeting.case_id == case.id, Meeting.minutes != "")
    return db.session.scalar(query.order_by(Meeting.round.desc(), Meeting.id.desc()).limit(1))


@dataclass(frozen=True)
class Aftermath:
    """What became of a finished step: the steps it opened, the papers it caused, and whether it can be taken back."""

    opened: list[Task]
    papers: list[Paper]
    untouched: bool


def aftermath(task: Task, user: User) -> Aftermath:
    """What happened, for the page after submitting."""
    query = access.visible_tasks(user).where(Task.after_task_id == task.id).order_by(Task.due_at.nulls_last(), Task.id)
    people = joinedload(Task.claimed_by).lazyload(User.memberships)
    opened = list(db.session.scalars(query.options(people, joinedload(Task.pool), selectinload(Task.process))))
    papers = access.visible_papers(user).where(Paper.task_id == task.id, Paper.status != "withdrawn")
    return Aftermath(
        [one for one in opened if one.status == "open"], list(db.session.scalars(papers.order_by(Paper.id))),
        not flow.touched_since(task, user),
    )  # fmt: skip
