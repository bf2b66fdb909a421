"""Where every case stands: releases, processes, tasks and their drafts, waiting events, messages, incidents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.extensions import db
from mediation.models.cases import Case
from mediation.models.people import Pool, User
from mediation.models.types import Id, Moment, SecretJson


class Release(db.Model):
    """Flows, decisions, forms, roles, paper kinds and layouts, published together; never changed afterwards."""

    __tablename__ = "release"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    files: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # zip
    note: Mapped[str] = mapped_column(Text, default="")
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    published_at: Mapped[datetime] = mapped_column(Moment)
    current: Mapped[bool] = mapped_column(default=False, index=True)


class Process(db.Model):
    """One running flow of a case: the engine's state, compressed, and the release it keeps to."""

    __tablename__ = "process"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    key: Mapped[str] = mapped_column(String(60))  # the BPMN process id
    release_hash: Mapped[str] = mapped_column(ForeignKey("release.hash"))
    state: Mapped[bytes] = mapped_column(LargeBinary)
    revision: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(String(12))  # running, completed, cancelled
    waits: Mapped[bool] = mapped_column(default=False)  # whether it has rows in waiting_event
    started_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    case: Mapped[Case] = relationship()


class Task(db.Model):
    """A step that waits for a person, or that a person has done. The id is the engine's."""

    __tablename__ = "task"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("process.id"))
    element_id: Mapped[str] = mapped_column(String(80))
    process_key: Mapped[str] = mapped_column(String(60))  # the process that holds the element, called ones too
    name: Mapped[str] = mapped_column(String(120))
    form_id: Mapped[str] = mapped_column(String(60))
    bind: Mapped[str] = mapped_column(String(40), default="")
    ground: Mapped[str] = mapped_column(String(200), default="")
    properties: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"))
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    claimed_at: Mapped[datetime | None] = mapped_column(Moment)  # none: the flow itself gave it to its holder
    status: Mapped[str] = mapped_column(String(10), default="open")  # open, done, cancelled
    entered_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    after_task_id: Mapped[str | None] = mapped_column(String(36))  # the task whose completion led here
    answers: Mapped[dict[str, Any] | None] = mapped_column(SecretJson, deferred=True)  # what was handed in
    returned_note: Mapped[str] = mapped_column(Text, default="")  # why it was sent back or handed over
    version: Mapped[int] = mapped_column(default=1)
    case: Mapped[Case] = relationship()
    process: Mapped[Process] = relationship()
    pool: Mapped[Pool] = relationship()
    claimed_by: Mapped[User | None] = relationship(foreign_keys=[claimed_by_id])
    done_by: Mapped[User | None] = relationship(foreign_keys=[done_by_id])
    __table_args__ = (
        # Partial: finished tasks, in the end nearly all of them, stay out of what the lists walk through.
        Index(
            "ix_task_offered", "pool_id", "due_at", "id", "entered_at",  # the last, so that either order is read from it
            sqlite_where=text("status = 'open' AND claimed_by_id IS NULL"),
            postgresql_where=text("status = 'open' AND claimed_by_id IS NULL"),
        ),
        # Only held ones, else SQLite takes this index for offered tasks too and walks all of them.
        Index(
            "ix_task_mine", "claimed_by_id", "due_at", "id",
            sqlite_where=text("status = 'open' AND claimed_by_id IS NOT NULL"),
            postgresql_where=text("status = 'open' AND claimed_by_id IS NOT NULL"),
        ),
        Index("ix_task_process_open", "process_id", "status"),
        Index("ix_task_done", "done_by_id", "done_at"),
    )  # fmt: skip


class Draft(db.Model):
    """What somebody typed and has not handed in: saved as one goes, kept when the step is gone."""

    __tablename__ = "draft"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    subject: Mapped[str] = mapped_column(String(60))  # "task:<id>" or "registration:<token>"
    answers: Mapped[dict[str, Any]] = mapped_column(SecretJson)
    saved_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (UniqueConstraint("user_id", "subject"), Index("ix_draft_subject", "subject"))


class TaskComment(db.Model):
    """A remark beside a task; a question when it names a colleague."""

    __tablename__ = "task_comment"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("task.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    asked_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    by: Mapped[User] = relationship(foreign_keys=[by_id])
    asked: Mapped[User | None] = relationship(foreign_keys=[asked_id])
    task: Mapped[Task] = relationship()


class WaitingEvent(db.Model):
    """What a process waits for. Timers are swept by `due_at`; messages are delivered to one row."""

    __tablename__ = "waiting_event"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    process_id: Mapped[int] = mapped_column(ForeignKey("process.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    engine_id: Mapped[str] = mapped_column(String(80))
    element_id: Mapped[str] = mapped_column(String(80))
    process_key: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(10))  # timer, message
    name: Mapped[str] = mapped_column(String(80))
    due_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    failed_at: Mapped[datetime | None] = mapped_column(Moment)  # its incident is open: the sweep passes it by
    process: Mapped[Process] = relationship()
    __table_args__ = (UniqueConstraint("process_id", "engine_id"),)


class InboxMessage(db.Model):
    """A message for a case: kept before anybody waits for it, delivered once."""

    __tablename__ = "inbox_message"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    received_at: Mapped[datetime] = mapped_column(Moment)
    delivered_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    sender_key: Mapped[str | None] = mapped_column(String(80), unique=True)  # the same message twice is one message


class Incident(db.Model):
    """A step that could not be taken: rolled back whole, shown to the administrators with the place and the reason."""

    __tablename__ = "incident"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    process_id: Mapped[int | None] = mapped_column(ForeignKey("process.id"))
    element_id: Mapped[str] = mapped_column(String(80), default="")
    code: Mapped[str] = mapped_column(String(60))
    message: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    resolved_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class Participation(db.Model):
    """Who may see a case: a pool (all who hold a role in an agency) or, with a user, that person alone.

    `part` is how much of it: empty for the whole, else words of `access.PARTS`; such a reader sees what came `since_at`.
    """

    __tablename__ = "participation"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    since_at: Mapped[datetime] = mapped_column(Moment)
    until_at: Mapped[datetime | None] = mapped_column(Moment)
    part: Mapped[str] = mapped_column(String(80), default="", server_default="")
    case: Mapped[Case] = relationship()
    pool: Mapped[Pool] = relationship()
    user: Mapped[User | None] = relationship()
    __table_args__ = (
        Index("ix_participation_case", "case_id"),
        Index("ix_participation_pool", "pool_id", "user_id", "case_id"),
        Index("ix_participation_user", "user_id", "case_id"),
    )


class Beat(db.Model):
    """When a worker last did its round; `/readyz` and the doctor read it."""

    __tablename__ = "beat"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
