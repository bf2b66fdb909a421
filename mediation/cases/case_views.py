"""One case, tab by tab: each tab is an address of its own and asks for its own rows only."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from mediation import access, codes, journal
from mediation.case_view import current_confirmation
from mediation.cases import (
    beside,
    clock_words,
    flow_words,
    link_views,
    links,
    operations,
    queries,
    stages,
    ties,
    timeline,
    walls,
)
from mediation.cases.blueprint import bp, party_of, the_case, whole_case
from mediation.extensions import db
from mediation.models import Case, CaucusNote, CrisisMember, Entry, Incident, Paper, SealedNote, Task, User
from mediation.papers import operations as papers
from mediation.permissions import (
    can_appoint_another,
    can_correct,
    can_read_caucus,
    can_read_content,
    can_supervise,
    can_upload,
    can_void,
    is_open,
    works_on,
)
from mediation.releases import definition_of
from mediation.requests import language, person
from mediation.roles import role_name

# Ten or more are numerous (民诉法解释 75): such a case has a roster.
MANY = 10
TABS = ("show", "course", "parties", "group", "papers", "dossier", "meetings", "performance", "risk", "flow", "journal")

# A tab that another part of the program draws.
_ADDRESSES = {"group": "groups.roster_page", "risk": "risk.show", "performance": "agreements.ledger", "dossier": "dossiers.show"}


def page(template: str, case: Case, tab: str, **more: Any) -> str:
    """Draw a tab with what every tab shows: who the case is, where it stands, what may be done now."""
    confirmation = current_confirmation(case.id)
    tasks = more.pop("tasks", None) or queries.open_tasks(person(), case)
    return render_template(
        f"cases/{template}.html", case=case, tab=tab, tabs=_tabs(case, tab), codes=codes, may=_may(case), tasks=tasks,
        tracker=stages.tracker(case, confirmation, _running(case, tasks)),
        tone=stages.TONES.get(case.status, "neutral"), risk_tone=stages.RISK_TONES.get(case.risk, "neutral"),
        holder=tasks[0] if tasks else None, todo=next((task for task in tasks if _is_ours(case, task)), None),
        task_text=flow_words.task_text, field_name=timeline.field_name,
        confirmation=confirmation, beside=_beside(case),
        role_name=role_name, **more,
    )  # fmt: skip


def _running(case: Case, seen: list[Task]) -> set[str]:
    """The flows in which a step is open; who sees his own house's steps alone is told of the others by the table."""
    whole = access.view_of(person(), case).whole
    return {task.process_key for task in seen} if whole else stages.open_processes(case)


def _is_ours(case: Case, task: Task) -> bool:
    """A step of the centre, of its committee or of a pool of this person: what another house does is not begun here."""
    return task.pool.agency_id in (case.agency_id, case.committee_id) or task.pool_id in person().pool_ids


def _tabs(case: Case, here: str) -> list[dict[str, Any]]:
    labels = (
        _("Overview"), _("Course"), _("Parties and accounts"), _("Group"), _("Papers"), _("Dossier"), _("Meetings"),
        _("Performance and visits"), _("Safety"), _("Flow"), _("Access and journal"),
    )  # fmt: skip
    shown = [pair for pair in zip(TABS, labels, strict=True) if pair[0] in _open_tabs(case)]
    return [
        {"label": label, "url": url_for(_ADDRESSES.get(name, f"cases.{name}"), case_id=case.id), "current": name == here}
        for name, label in shown
    ]


def _open_tabs(case: Case) -> tuple[str, ...]:
    """Another house sees what was handed to it and its own course; the journal is for who reads the content."""
    sight = access.view_of(person(), case)
    if not sight.whole:
        named = ("show", "course", "parties", "papers") if sight.has("parties") else ("show", "course", "papers")
        return (*named, "risk") if _stands_by(case) else named
    tabs = TABS if can_read_content(person(), case) else tuple(one for one in TABS if one not in ("group", "dossier", "journal"))
    if case.people_count < MANY:
        tabs = tuple(one for one in tabs if one != "group")
    if case.root_process == stages.DISPUTE:
        return tabs
    return tuple(one for one in tabs if one not in ("dossier", "meetings", "performance"))  # what only a dispute has


def _stands_by(case: Case) -> bool:
    """Whether there is something of the case's safety for this person: a seat in the crisis team, a sealed note."""
    seat = select(CrisisMember.id).where(CrisisMember.case_id == case.id, CrisisMember.user_id == person().id)
    note = access.visible_sealed_notes(person()).where(SealedNote.case_id == case.id).with_only_columns(SealedNote.id)
    return db.session.scalar(seat.limit(1)) is not None or db.session.scalar(note.limit(1)) is not None


def _may(case: Case) -> dict[str, bool]:
    """What this person may do with the case now; the page draws nothing else."""
    user = person()
    works = works_on(user, case)
    awaited = operations.waiting_messages(case.id) if works and is_open(case) else set()
    return {
        "supervise": can_supervise(user, case),
        "correct": can_correct(user, case), "void": can_void(user, case), "upload": can_upload(user, case),
        "state": works and is_open(case), "conflict": works and is_open(case),
        "another_mediator": can_appoint_another(user, case),
        "more_time": "extension-requested" in awaited,
        "end": "mediation-ended" in awaited,
        "read": can_read_content(user, case), "caucus": can_read_caucus(user, case), "work": works,
    }  # fmt: skip


def _beside(case: Case) -> list[tuple[str, str]]:
    """The flows that this person may open beside the case: key and name."""
    found = beside.offered(case, person())
    return [(one.id, flow_words.process_name(case.release_hash, one.id)) for one in found]


# --- overview ------------------------------------------------------------------------------------------------


@bp.get("/cases/<int:case_id>")
@access.signed_in
def show(case_id: int) -> str:
    """What is open now: tasks, dates, the next meeting, what is owed."""
    case = the_case(case_id)
    journal.note_read("case-seen", case_id=case.id, by=person())
    whole = access.view_of(person(), case).whole
    owed = [one for one in queries.obligations(case) if whole and one.status in ("open", "defaulted")]
    return page(
        "overview", case, "show", clocks=_clocks(case), orders=queries.supervision_orders(person(), case), owed=owed,
        ordered_step=flow_words.ordered_step,
        meeting=queries.next_meeting(case) if whole else None, conflicts=queries.conflicts(case) if whole else [],
        reason_told=ties.reason_told,
        visits=[v for v in queries.visits(case) if whole and v.status == "planned"],
        **(_belonging(case) if whole else {}),
    )  # fmt: skip


def _clocks(case: Case) -> list[clock_words.ClockStory]:
    return [clock_words.story(row, case.release_hash) for row in queries.deadlines(person(), case)]


def _belonging(case: Case) -> dict[str, Any]:
    """Disputes that are joined to the case or like it, for who may read both; what came in after closing."""
    user, rows = person(), links.links_of(case)
    found = links.alike_of(user, case, rows) if works_on(user, case) else []
    return {
        "linked": link_views.joined_to(case, rows), "like_others": len(found),
        "alarms": links.alarms_of(case) if case.closed_at else [], "me": user.id,
    }  # fmt: skip


# --- course --------------------------------------------------------------------------------------------------


@bp.get("/cases/<int:case_id>/course")
@access.signed_in
def course(case_id: int) -> str:
    """What was done, by whom and when, the latest first, papers beside the steps that issued them."""
    case = the_case(case_id)
    before = request.args.get("before", type=int)
    found = queries.entries(person(), case, reads=False, before=before, limit=queries.PAGE + 1)
    shown = found[: queries.PAGE]
    more = url_for("cases.course", case_id=case.id, before=shown[-1].ordinal) if len(found) > queries.PAGE else None
    return page(
        "course", case, "course", lines=timeline.lines(shown, _words(case, shown)), more=more, kind_name=kind_name(case)
    )


def _words(case: Case, entries: list[Entry]) -> timeline.Words:
    own = {
        paper.id: paper for paper in db.session.scalars(access.visible_papers(person()).where(Paper.case_id == case.id))
    }
    kinds = {key: kind.name[language()] for key, kind in papers.layouts_of(case.release_hash).kinds.items()}
    return timeline.Words(case, {party.id: party for party in case.parties}, own, _people_of(entries), kinds)


def _people_of(entries: list[Entry]) -> dict[int, str]:
    ids = {int(e.subject.partition(":")[2]) for e in entries if e.subject.startswith("user:")}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(ids))) if ids else []
    return {row[0]: row[1] for row in rows}


def kind_name(case: Case) -> Any:
    """A function that names the kinds of papers of the case's release."""
    kinds = papers.layouts_of(case.release_hash).kinds
    return lambda key: kinds[key].name[language()] if key in kinds else key


# --- parties -------------------------------------------------------------------------------------------------


@bp.get("/cases/<int:case_id>/parties")
@access.signed_in
def parties(case_id: int) -> str:
    """Each side with its own account, for who may read it; names alone for everybody else."""
    return _parties_page(the_case(case_id), {})


def _parties_page(case: Case, revealed: dict[tuple[int, str], str]) -> str:
    user = person()
    listed = queries.parties(case)
    inside, told = can_read_content(user, case), access.reads_statements(user, case)
    if told:
        journal.note_read("content-seen", case_id=case.id, by=user)
    rows = queries.statements(case) if told else []
    return page(
        "parties", case, "parties", cards=walls.party_cards(user, case, listed), revealed=revealed,
        accounts={party.id: [row for row in rows if row.party_id == party.id] for party in listed},
        witnesses=[row for row in rows if row.party_id is None],
        files=queries.attachments(user, case),
        caucus=_caucus(case) if can_read_caucus(user, case) else {},
        corrections=queries.corrections(case) if inside else [],
    )  # fmt: skip


def _caucus(case: Case) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    query = select(CaucusNote).where(CaucusNote.case_id == case.id).order_by(CaucusNote.at, CaucusNote.id)
    for note in db.session.scalars(query):
        found.setdefault(note.party_id, []).append(note)
    return found


REVEALED = ("id_number", "phone")


@bp.post("/cases/<int:case_id>/parties/<int:party_id>/reveal/<what>")
@access.signed_in
def reveal(case_id: int, party_id: int, what: str) -> str:
    """The whole of a masked value, for who may read it; that it was looked at is written down first."""
    case = the_case(case_id)
    party = party_of(case, party_id)
    allowed = access.reads_contacts if what == "phone" else can_read_content
    if what not in REVEALED or not allowed(person(), case):
        abort(403)
    journal.record("revealed", case_id=case.id, by=person(), subject=f"party:{party.id}", details={"what": what})
    db.session.commit()
    value = getattr(party, what) or "—"
    if request.headers.get("HX-Request"):
        return render_template("cases/_revealed.html", value=value)
    return _parties_page(case, {(party.id, what): value})


# --- papers, meetings ----------------------------------------------------------------------------------------


@bp.get("/cases/<int:case_id>/papers", endpoint="papers")
@access.signed_in
def papers_tab(case_id: int) -> str:
    """The papers of the case that this person may read, the newest first."""
    case, user = the_case(case_id), person()
    rows, may_correct = queries.papers(user, case), can_correct(user, case)
    return page("papers", case, "papers", rows=rows, kind_name=kind_name(case), may_correct=may_correct,
                works=works_on(user, case),
                disagreements=papers.disagreements, may_issue_anew=papers.may_issue_anew,
                translatable=papers.translatable(rows) if may_correct else set())  # fmt: skip


@bp.get("/cases/<int:case_id>/meetings")
@access.signed_in
def meetings(case_id: int) -> str:
    """Sessions at the table and their joint minutes."""
    case = whole_case(case_id)
    return page(
        "meetings", case, "meetings", rows=queries.meetings(case), names={p.id: p.name for p in case.parties},
        opinions=queries.opinions(case), joint_tasks=queries.joint_tasks(case),
    )  # fmt: skip


# --- flow ----------------------------------------------------------------------------------------------------


@bp.get("/cases/<int:case_id>/flow")
@access.signed_in
def flow(case_id: int) -> str:
    """The drawing of the flow: what is done, where the case stands, what was left out."""
    case = whole_case(case_id)
    running = queries.processes(case)
    path = flow_words.path_of(reversed(queries.entries(person(), case, reads=False, limit=None)))
    keys = list(dict.fromkeys([*(process.key for process in running), *(step[0] for step in path)]))
    shown = request.args.get("process", "")
    tasks = queries.open_tasks(person(), case)
    shown = shown if shown in keys else tasks[0].process_key if tasks else keys[0] if keys else ""
    failed = set(
        db.session.scalars(
            select(Incident.element_id).where(Incident.case_id == case.id, Incident.resolved_at.is_(None))
        )
    )
    here = {task.element_id for task in tasks if task.process_key == shown}
    marks = flow_words.marks(path, case.release_hash, shown, here, failed - {""})
    flows = [
        {"label": flow_words.process_name(case.release_hash, key), "current": key == shown,
         "url": url_for("cases.flow", case_id=case.id, process=key)} for key in keys
    ]  # fmt: skip
    return page(
        "flow", case, "flow", flows=flows, shown=shown, marks=marks, steps=_steps(case, path, shown), tasks=tasks
    )


def _steps(case: Case, path: list[tuple[str, str, str]], shown: str) -> list[tuple[str, str]]:
    """The tasks of the shown flow that were passed, in words: what the drawing says, for who cannot see it."""
    model = definition_of(case.release_hash).processes.get(shown)
    kinds = {e.id: e.kind for e in model.elements.values()} if model else {}
    return [
        (flow_words.element_name(case.release_hash, process, element), event)
        for process, element, event in path
        if process == shown and kinds.get(element) in ("userTask", "callActivity") and event != "entered"
    ]


@bp.get("/cases/<int:case_id>/flow/<key>.bpmn")
@access.signed_in
def drawing(case_id: int, key: str) -> Response:
    """The BPMN file of a flow as it is in the release that the case keeps to."""
    case = the_case(case_id)
    content = flow_words.drawing(case.release_hash, key, language())
    if content is None:
        abort(404)
    return Response(content, mimetype="application/xml", headers={"Cache-Control": "private, max-age=3600"})


# --- access and journal --------------------------------------------------------------------------------------


@bp.get("/cases/<int:case_id>/journal", endpoint="journal")
@access.signed_in
def journal_tab(case_id: int) -> str:
    """Who may see the case, and who has seen what."""
    case = the_case(case_id)
    if not can_read_content(person(), case):
        abort(403)
    journal.note_read("journal-seen", case_id=case.id, by=person())
    before = request.args.get("before", type=int)
    found = queries.entries(person(), case, reads=True, before=before, limit=queries.PAGE + 1)
    shown = found[: queries.PAGE]
    more = url_for("cases.journal", case_id=case.id, before=shown[-1].ordinal) if len(found) > queries.PAGE else None
    return page(
        "journal", case, "journal", people=queries.participations(case),
        lines=timeline.lines(shown, _words(case, shown)),
        more=more, walls=queries.parties(case),
    )  # fmt: skip
