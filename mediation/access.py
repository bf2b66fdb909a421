"""Who may reach what: a mark on every route, and the `visible_*` queries through which every row is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_login import current_user
from sqlalchemy import Select, false, or_, select
from werkzeug.wrappers import Response

from mediation import clock
from mediation.extensions import db
from mediation.models import Case, Notice, Paper, Participation, Party, Pool, ReleaseDraft, StandIn, Task, User

View = TypeVar("View", bound=Callable[..., Any])

# Roles that keep a whole centre's (or court's) cases in view; mediators see their own only.
OFFICE_ROLES = ("clerk", "dispatcher", "director", "supervisor")


def public(view: View) -> View:
    """Anybody may call this route."""
    return _mark(view, "public")


def signed_in(view: View) -> View:
    """Whoever is signed in may call this route; what it shows is decided by the `visible_*` queries."""
    return _mark(view, "signed-in")


def party_only(view: View) -> View:
    """Only a resident who gave a party's code may call this route."""
    return _mark(view, "party")


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
    if kind not in {"signed-in", "roles"}:
        abort(403)
    if not current_user.is_authenticated:
        return _to_door("accounts.sign_in")
    if kind == "roles" and not current_user.holds(*names):
        abort(403)
    return None


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
    mine = select(Participation.case_id).where(
        Participation.until_at.is_(None),
        or_(
            Participation.user_id.in_(acts_for(user)),
            Participation.user_id.is_(None) & Participation.pool_id.in_(user.pool_ids),
        ),
    )
    return select(Case).where(Case.id.in_(mine))


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
        setattr(g, key, [user.id, *absent])
    return getattr(g, key)


def visible_tasks(user: User) -> Select[tuple[Task]]:
    """Tasks that are the user's, that a pool of the user's offers, or that belong to a case in view. Unordered."""
    offered = Task.claimed_by_id.is_(None) & Task.pool_id.in_(user.pool_ids)
    cases = visible_cases(user).with_only_columns(Case.id)
    return select(Task).where(or_(Task.claimed_by_id.in_(acts_for(user)), offered, Task.case_id.in_(cases)))


def visible_offers(user: User) -> Select[tuple[Task]]:
    """Tasks of the user's pools, whoever holds them: who comes too late to claim one is told who was faster."""
    return select(Task).where(Task.pool_id.in_(user.pool_ids))


def readable_cases(user: User) -> Select[tuple[Case]]:
    """The cases whose content the user may read, as `permissions.can_read_content` says of one: what the search reads."""
    return select(Case).where(or_(Case.mediator_id == user.id, Case.agency_id.in_(offices(user))))


def offices(user: User) -> list[int]:
    """Ids of the agencies whose cases the user keeps in view, with all that they hold."""
    return sorted({held.pool.agency_id for held in user.memberships if held.role in OFFICE_ROLES})


def visible_papers(user: User) -> Select[tuple[Paper]]:
    """Papers of the cases in view: all for who reads a case's content; for a court or a colleague who was asked, what
    is shared and what goes to the court, not one party's letters nor the file's records."""
    cases = visible_cases(user).with_only_columns(Case.id)
    readable = readable_cases(user).with_only_columns(Case.id)
    for_all = ("shared", "court") if user.holds("court_liaison") else ("shared",)
    # Both sides share the minutes; a court does not read what was said on the way to an agreement (在线调解规则 18).
    told = Paper.audience.in_(for_all) & (Paper.kind != "minutes")
    open_to_me = or_(told, Paper.case_id.in_(readable))
    return select(Paper).where(Paper.case_id.in_(cases), open_to_me)


def party_papers(party: Party) -> Select[tuple[Paper]]:
    """The papers that a resident may fetch: shared ones of the case and those addressed to this party."""
    mine = or_(Paper.audience == "shared", (Paper.audience == "party") & (Paper.party_id == party.id))
    return select(Paper).where(Paper.case_id == party.case_id, Paper.status.in_(("ready", "superseded")), mine)


def visible_notices(user: User) -> Select[tuple[Notice]]:
    """The user's own notices."""
    return select(Notice).where(Notice.user_id == user.id, Notice.channel == "inbox")


def visible_letters(user: User) -> Select[tuple[Notice]]:
    """Letters to parties of the cases in view, for those who work on these cases. Unordered."""
    cases = visible_cases(user).with_only_columns(Case.id)
    return select(Notice).where(Notice.channel == "letter", Notice.case_id.in_(cases))


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
