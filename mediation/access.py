"""Who may reach what: a mark on every route, and the `visible_*` queries through which every row is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_login import current_user
from sqlalchemy import ColumnElement, Select, String, cast, false, literal, or_, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from mediation import clock, standing
from mediation.extensions import db
from mediation.models import (
    Agency,
    Attachment,
    Case,
    Entry,
    GridSearch,
    Invitation,
    Meeting,
    Membership,
    Notice,
    Paper,
    Participation,
    Party,
    Pool,
    Referral,
    ReleaseDraft,
    Room,
    SealedNote,
    SealedNoteReader,
    SearchArea,
    StandIn,
    SupervisionOrder,
    Task,
    User,
)
from mediation.permissions import can_read_content

View = TypeVar("View", bound=Callable[..., Any])

# What of a file a hand-over may carry. The facts and who is concerned always go: nobody can handle what was not told.
# The dossier, all that was put on file, goes to who reviews it after closing, never along with a hand-over.
ALWAYS = ("facts", "parties")
PARTS = (*ALWAYS, "contacts", "papers", "statements", "dossier")
# What an agency reads of a case that came to it with a step and not with a hand-over: what the step needs.
STEP_PART = "facts parties papers"
# The flow that a dispute follows; in whatever begins otherwise there are no sides.
DISPUTE = "intake"
# What everybody who sees a case may know of its course, whoever did it.
PUBLIC_COURSE = ("status-set", "number-allocated", "case-closed", "case-voided", "case-registered")


def public(view: View) -> View:
    """Anybody may call this route."""
    return _mark(view, "public")


def signed_in(view: View) -> View:
    """Whoever is signed in may call this route; what it shows is decided by the `visible_*` queries."""
    return _mark(view, "signed-in")


def party_only(view: View) -> View:
    """Only a resident who gave a party's code may call this route."""
    return _mark(view, "party")


def staff(view: View) -> View:
    """Whoever holds a role that sees cases may call this route, whichever agency that role belongs to."""
    return _mark(view, "staff")


def roles(*names: str) -> Callable[[View], View]:
    """Only people who hold one of these roles may call this route."""

    def mark(view: View) -> View:
        return _mark(view, "roles", names)

    return mark


def _mark(view: View, kind: str, names: tuple[str, ...] = ()) -> View:
    view.access = (kind, names)  # type: ignore[attr-defined]
    return view


def guard_routes(app: Flask) -> None:
    """Refuse every request whose route bears no mark, or whose mark does not let this person in."""
    app.before_request(_check_mark)


def _check_mark() -> Response | None:
    if request.endpoint is None:
        return None  # no such page: 404 comes by itself
    kind, names = getattr(current_app.view_functions[request.endpoint], "access", (None, ()))
    if kind == "public" or request.endpoint == "static":
        return None
    if kind == "party":
        return None if current_party() else _to_door("portal.door")
    if kind not in {"signed-in", "staff", "roles"}:
        abort(403)
    if not current_user.is_authenticated:
        return _to_door("accounts.sign_in")
    if kind == "roles" and not current_user.holds(*names):
        abort(403)
    if kind == "staff" and not is_staff(current_user):
        abort(403)
    return None


def is_staff(user: User) -> bool:
    """Whether the user holds a role that sees cases."""
    return any(standing.sees(role) for role in user.roles)


def _to_door(endpoint: str) -> Response:
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": url_for(endpoint)})
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for(endpoint, next=here))


def current_party() -> Party | None:
    """The party whose code opened this resident's session, while its case stands and the session is not too old."""
    if "party" not in g:
        g.party = _party_of_session()
    return g.party


def _party_of_session() -> Party | None:
    party_id = session.get("party_id")
    found = db.session.get(Party, party_id) if party_id else None
    if found is None or found.withdrawn_at is not None or session.get("party_code") != found.code_hash[:16]:
        return None
    if session_expired():
        return None
    session["seen"] = int(clock.now().timestamp())
    return found


def session_expired() -> bool:
    """Whether this browser's session began too long ago, or has been idle for too long."""
    now = int(clock.now().timestamp())
    began, seen = session.get("began", 0), session.get("seen", 0)
    settings = current_app.config
    return bool(now - began > settings["SESSION_HOURS"] * 3600 or now - seen > settings["IDLE_MINUTES"] * 60)


def visible_cases(user: User) -> Select[tuple[Case]]:
    """The cases in which the user, or a pool that the user belongs to, takes part. Unordered."""
    return select(Case).where(Case.id.in_(_taking_part(user).with_only_columns(Participation.case_id)))


def _taking_part(user: User) -> Select[Any]:
    """The user's seats at the table: his or her own, those of whom he or she stands in for, and the pools'."""
    return select(Participation).where(
        Participation.until_at.is_(None),
        or_(
            Participation.user_id.in_(acts_for(user)),
            Participation.user_id.is_(None) & Participation.pool_id.in_(user.pool_ids),
        ),
    )


def whole_cases(user: User) -> Select[Any]:
    """Ids of the cases that the user sees from their beginning: not those which another house was asked to help with."""
    seats = _taking_part(user).with_only_columns(Participation.case_id)
    if not reads_parts(user):
        return seats
    return seats.where(Participation.pool_id.not_in(_narrow_pools()))


def reads_parts(user: User) -> bool:
    """Whether some cases come to this user from another house, in part."""
    return any(standing.sees(role) == "referred" for role in user.roles)


def _narrow_pools() -> Select[Any]:
    return select(Pool.id).where(Pool.role.in_(standing.roles_that_see("referred")))


def _with_part(user: User, part: str) -> Select[Any]:
    """The user's narrow seats that carry this part of the file."""
    carried = Participation.part.contains(part)
    if part in STEP_PART:
        carried |= Participation.part == ""
    return _taking_part(user).where(Participation.pool_id.in_(_narrow_pools()), carried)


@dataclass(frozen=True)
class Sight:
    """How much of a case somebody sees: the whole, or these parts of the file and what came since this moment."""

    whole: bool
    parts: frozenset[str] = frozenset(PARTS)
    since: datetime | None = None

    def has(self, part: str) -> bool:
        return self.whole or part in self.parts


def view_of(user: User, case: Case) -> Sight:
    """What the user sees of a case in view; kept for the request. Whoever sees all of it in one capacity sees all."""
    known: dict[tuple[int, int], Sight] = g.setdefault("case-views", {})
    wanted = (user.id, case.id)
    if wanted not in known:
        known[wanted] = _view(user, case)
    return known[wanted]


def _view(user: User, case: Case) -> Sight:
    if not reads_parts(user):
        return Sight(True)
    query = _taking_part(user).where(Participation.case_id == case.id).options(joinedload(Participation.pool))
    seats = list(db.session.scalars(query))
    if any(standing.sees(seat.pool.role) != "referred" for seat in seats):
        return Sight(True)
    parts = {part for seat in seats for part in (seat.part or STEP_PART).split()}
    return Sight(False, frozenset(parts), min((seat.since_at for seat in seats), default=None))


def own_agencies(user: User) -> list[int]:
    """Ids of the agencies that the user belongs to."""
    return sorted({held.pool.agency_id for held in user.memberships})


def acts_for(user: User) -> list[int]:
    """The user's own id and those of the people for whom the user stands in at this moment."""
    key = f"acts-for-{user.id}"
    if key not in g:
        now = clock.now()
        absent = db.session.scalars(
            select(StandIn.absent_id).where(
                StandIn.deputy_id == user.id, StandIn.from_at <= now, StandIn.until_at > now, StandIn.ended_at.is_(None)
            )
        )
        know_acts_for(user, list(absent))
    return getattr(g, key)


def know_acts_for(user: User, absent: list[int]) -> None:
    """For the rest of the request: for whom the user stands in, where another statement has told it already."""
    setattr(g, f"acts-for-{user.id}", [user.id, *absent])


def visible_tasks(user: User) -> Select[tuple[Task]]:
    """Tasks that are the user's, that a pool of the user's offers, or that belong to a case in view. Unordered."""
    offered = Task.claimed_by_id.is_(None) & Task.pool_id.in_(user.pool_ids)
    seen: list[ColumnElement[bool]] = [Task.case_id.in_(whole_cases(user))]
    if reads_parts(user):
        # Of a case that was handed to the agency its people see the agency's own steps, not those of the others.
        own = Task.pool_id.in_(select(Pool.id).where(Pool.agency_id.in_(own_agencies(user))))
        seen.append(own & Task.case_id.in_(visible_cases(user).with_only_columns(Case.id)))
    return select(Task).where(or_(Task.claimed_by_id.in_(acts_for(user)), offered, *seen))


def visible_entries(user: User, case: Case) -> Select[tuple[Entry]]:
    """The course of a case as far as the user may follow it: all of it, or since it came to the user's agency what
    people of that agency did, with what everybody may know."""
    query, view = select(Entry).where(Entry.chain == case.id), view_of(user, case)
    if view.whole:
        return query
    colleagues = select(Membership.user_id).join(Membership.pool).where(Pool.agency_id.in_(own_agencies(user)))
    mine = select(Referral.id).where(Referral.case_id == case.id, Referral.to_agency_id.in_(own_agencies(user)))
    named = Entry.subject.in_([f"referral:{one}" for one in db.session.scalars(mine)])
    told = or_(Entry.user_id.in_(colleagues), Entry.action.in_(PUBLIC_COURSE), named)
    return query.where(Entry.at >= view.since, told)


def visible_referrals(user: User) -> Select[tuple[Referral]]:
    """The hand-overs of the cases that the user sees whole, and those to the user's own agencies. Unordered."""
    own = Referral.to_agency_id.in_(own_agencies(user)) & Referral.case_id.in_(
        visible_cases(user).with_only_columns(Case.id)
    )
    return select(Referral).where(Referral.status != "prepared", or_(own, Referral.case_id.in_(whole_cases(user))))


def visible_orders(user: User) -> Select[tuple[SupervisionOrder]]:
    """Supervision orders of cases in view as a whole, and those that went to the user or the user's agency."""
    seen = visible_cases(user).with_only_columns(Case.id)
    ours = SupervisionOrder.agency_id.in_(own_agencies(user)) & SupervisionOrder.case_id.in_(seen)
    whole = SupervisionOrder.case_id.in_(whole_cases(user))
    return select(SupervisionOrder).where(or_(whole, ours, SupervisionOrder.person_id.in_(acts_for(user))))


def visible_offers(user: User) -> Select[tuple[Task]]:
    """Tasks of the user's pools, whoever holds them: who comes too late to claim one is told who was faster."""
    return select(Task).where(Task.pool_id.in_(user.pool_ids))


def readable_cases(user: User) -> Select[tuple[Case]]:
    """The cases whose content the user may read, as `permissions.can_read_content` says of one: what the search reads."""
    own = [Case.mediator_id == user.id, Case.agency_id.in_(offices(user))]
    if reads_parts(user):
        own.append(Case.id.in_(_with_part(user, "contacts").with_only_columns(Participation.case_id)))
    return select(Case).where(or_(*own))


def offices(user: User) -> list[int]:
    """Ids of the agencies whose cases the user keeps in view, with all that they hold."""
    return sorted({held.pool.agency_id for held in user.memberships if standing.sees(held.role) == "office"})


def visible_papers(user: User) -> Select[tuple[Paper]]:
    """Papers of the cases in view: all for who reads a case's content; for a colleague who was asked, what is shared;
    for another agency what is shared or meant for it and either went along or was issued since. Never one party's letters
    nor the file's records."""
    whole = whole_cases(user)
    content = or_(Case.mediator_id == user.id, Case.agency_id.in_(offices(user)))
    # Both sides share the minutes; nobody else reads what was said on the way to an agreement (在线调解规则 18).
    told = (Paper.audience == "shared") & (Paper.kind != "minutes")
    mine = [told & Paper.case_id.in_(whole), Paper.case_id.in_(select(Case.id).where(content))]
    if reads_parts(user):
        for_us = Paper.audience.in_({"shared", *(one for role in user.roles for one in standing.role(role).reads)})
        mine.append(for_us & (Paper.kind != "minutes") & _went_along(user))
        mine.append(Paper.subject.in_(_own_letters(user)))
        mine.append(Paper.case_id.in_(_with_part(user, "dossier").with_only_columns(Participation.case_id)))
    return select(Paper).where(Paper.case_id.in_(visible_cases(user).with_only_columns(Case.id)), or_(*mine))


def _own_letters(user: User) -> Select[Any]:
    """What a paper is about that was written to one of the user's agencies when something was handed to it."""
    about = literal("referral:") + cast(Referral.id, String)
    return select(about).where(Referral.to_agency_id.in_(own_agencies(user)), Referral.status != "prepared")


def _went_along(user: User) -> ColumnElement[bool]:
    """Papers that a hand-over carried, and those issued after the case came to the user's agency."""
    since = _taking_part(user).where(
        Participation.pool_id.in_(_narrow_pools()), Participation.case_id == Paper.case_id,
        Participation.since_at <= Paper.issued_at,
    )  # fmt: skip
    return or_(Paper.case_id.in_(_with_part(user, "papers").with_only_columns(Participation.case_id)), since.exists())


def visible_attachments(user: User, case: Case) -> Select[tuple[Attachment]]:
    """What was handed in and this user may open: all of it for who reads the content, what is shared for everybody at
    the table; another house sees of that what went along with the hand-over or came since, and what it brought itself.

    In a matter that is no dispute (a report from the grid, a service) there are no sides to keep apart: a photograph that
    came with a step is for whoever acts on it, as are its facts.
    """
    query = select(Attachment).where(Attachment.case_id == case.id, Attachment.withdrawn_at.is_(None))
    if can_read_content(user, case) or _sent(user, case, "dossier"):
        return query
    sight = view_of(user, case)
    open_to_all = Attachment.shared if case.root_process == DISPUTE else or_(
        Attachment.shared, Attachment.party_id.is_(None)
    )  # fmt: skip
    if sight.whole:
        return query.where(open_to_all)
    told = open_to_all if sight.has("papers") else open_to_all & (Attachment.uploaded_at >= sight.since)
    colleagues = select(Membership.user_id).join(Membership.pool).where(Pool.agency_id.in_(own_agencies(user)))
    return query.where(or_(told, Attachment.uploaded_by_id.in_(colleagues)))


def reads_contacts(user: User, case: Case) -> bool:
    """Whether the user may look at telephone numbers and addresses: who reads the content, or was sent them."""
    return can_read_content(user, case) or _sent(user, case, "contacts")


def reads_statements(user: User, case: Case) -> bool:
    """Whether the user may read the sides' own accounts: who reads the content, or was sent them."""
    return can_read_content(user, case) or _sent(user, case, "statements")


def _sent(user: User, case: Case, part: str) -> bool:
    sight = view_of(user, case)
    return not sight.whole and sight.has(part)


def party_papers(party: Party) -> Select[tuple[Paper]]:
    """The papers that a resident may fetch: shared ones of the case and those addressed to this party."""
    mine = or_(Paper.audience == "shared", (Paper.audience == "party") & (Paper.party_id == party.id))
    return select(Paper).where(Paper.case_id == party.case_id, Paper.status.in_(("ready", "superseded")), mine)


def visible_rooms(user: User) -> Select[tuple[Room]]:
    """Rooms in use of the user's own agencies and of those right above, below and beside them. Unordered."""
    own = sorted({held.pool.agency_id for held in user.memberships})
    above = select(Agency.parent_id).where(Agency.id.in_(own), Agency.parent_id.is_not(None))
    family = select(Agency.id).where(
        or_(Agency.id.in_(own), Agency.id.in_(above), Agency.parent_id.in_(own), Agency.parent_id.in_(above))
    )
    return select(Room).where(Room.active, Room.agency_id.in_(family))


def visible_meetings(user: User) -> Select[tuple[Meeting]]:
    """Meetings of the cases that the user sees whole, and those of a case in view to which an own agency is asked."""
    seen = visible_cases(user).with_only_columns(Case.id)
    asked = select(Invitation.meeting_id).where(Invitation.agency_id.in_(own_agencies(user)))
    ours = Meeting.id.in_(asked) & Meeting.case_id.in_(seen)
    return select(Meeting).where(or_(Meeting.case_id.in_(whole_cases(user)), ours))


def visible_searches(user: User) -> Select[tuple[GridSearch]]:
    """Searches through the grids that the user's centre opened, and those in which a grid of the user's takes part."""
    mine = select(SearchArea.search_id).where(SearchArea.agency_id.in_(own_agencies(user)))
    return select(GridSearch).where(or_(GridSearch.agency_id.in_(offices(user)), GridSearch.id.in_(mine)))


def visible_notices(user: User) -> Select[tuple[Notice]]:
    """The user's own notices."""
    return select(Notice).where(Notice.user_id == user.id, Notice.channel == "inbox")


def visible_letters(user: User) -> Select[tuple[Notice]]:
    """Letters to parties of the cases in view, for those who work on these cases. Unordered."""
    cases = visible_cases(user).with_only_columns(Case.id)
    return select(Notice).where(Notice.channel == "letter", Notice.case_id.in_(cases))


def visible_sealed_notes(user: User) -> Select[tuple[SealedNote]]:
    """The sealed notes that the user wrote, or is named for by their author. Nobody stands in for either. Unordered."""
    named = select(SealedNoteReader.note_id).where(SealedNoteReader.user_id == user.id)
    return select(SealedNote).where(or_(SealedNote.author_id == user.id, SealedNote.id.in_(named)))


def visible_pools(user: User) -> Select[tuple[Pool]]:
    """The pools that the user belongs to."""
    return select(Pool).where(Pool.id.in_(user.pool_ids))


def case_or_404(user: User, case_id: int) -> Case:
    """The case, if it is in the user's view; else 404, as if it did not exist."""
    return _one_or_404(visible_cases(user).where(Case.id == case_id))


def task_or_404(user: User, task_id: str) -> Task:
    """The task, if it is in the user's view; else 404."""
    return _one_or_404(visible_tasks(user).where(Task.id == task_id))


def offer_or_404(user: User, task_id: str) -> Task:
    """A task that one of the user's pools offers or has offered; else 404. Only for claiming it."""
    return _one_or_404(visible_offers(user).where(Task.id == task_id))


def paper_or_404(user: User, paper_id: int) -> Paper:
    """The paper, if it is in the user's view; else 404."""
    return _one_or_404(visible_papers(user).where(Paper.id == paper_id))


def _one_or_404(query: Select[tuple[Any]]) -> Any:
    found = db.session.scalar(query)
    if found is None:
        abort(404)
    return found


def visible_drafts(user: User) -> Select[tuple[ReleaseDraft]]:
    """Drafts of releases: flow administrators see each other's, nobody else sees any. Unordered."""
    return select(ReleaseDraft) if user.holds("flow_admin") else select(ReleaseDraft).where(false())
