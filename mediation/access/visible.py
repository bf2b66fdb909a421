"""What staff see: the `visible_*` queries through which every row is loaded, and rows by their address, else 404."""

from __future__ import annotations

from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Select, false, or_, select

from mediation.access.agencies import (
    own_letters,
    reads_parts,
    sent,
    view_of,
    went_along,
    whole_cases,
    with_part,
    written_by,
    written_to,
)
from mediation.access.seats import acts_for, offices, own_agencies, visible_cases
from mediation.extensions import db
from mediation.models import (
    Agency,
    Attachment,
    Case,
    Delivery,
    Entry,
    GridSearch,
    Invitation,
    Meeting,
    Membership,
    Notice,
    Paper,
    Participation,
    Pool,
    Referral,
    ReleaseDraft,
    Room,
    SealedNote,
    SealedNoteReader,
    SearchArea,
    SupervisionOrder,
    Task,
    User,
)
from mediation.permissions import can_read_content

# The flow that a dispute follows; in whatever begins otherwise there are no sides.
DISPUTE = "intake"
# What everybody who sees a case may know of its course, whoever did it.
PUBLIC_COURSE = ("status-set", "number-allocated", "case-closed", "case-voided", "case-registered")


def visible_tasks(user: User) -> Select[tuple[Task]]:
    """Tasks that are the user's, that a pool of the user's offers, or that belong to a case in view. Unordered."""
    offered = Task.claimed_by_id.is_(None) & Task.pool_id.in_(user.pool_ids)
    seen: list[ColumnElement[bool]] = [Task.case_id.in_(whole_cases(user))]
    if reads_parts(user):
        # Of a case that was handed to the agency its people see the agency's own steps, not those of the others.
        own = Task.pool_id.in_(select(Pool.id).where(Pool.agency_id.in_(own_agencies(user))))
        seen.append(own & Task.case_id.in_(visible_cases(user).with_only_columns(Case.id)))
    return select(Task).where(or_(Task.claimed_by_id.in_(acts_for(user)), offered, *seen))


def visible_offers(user: User) -> Select[tuple[Task]]:
    """Tasks of the user's pools, whoever holds them: who comes too late to claim one is told who was faster."""
    return select(Task).where(Task.pool_id.in_(user.pool_ids))


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


def readable_cases(user: User) -> Select[tuple[Case]]:
    """The cases whose content the user may read, as `permissions.can_read_content` says of one: what the search reads."""
    own = [Case.mediator_id == user.id, Case.agency_id.in_(offices(user))]
    if reads_parts(user):
        own.append(Case.id.in_(with_part(user, "contacts").with_only_columns(Participation.case_id)))
    return select(Case).where(or_(*own))


def visible_papers(user: User) -> Select[tuple[Paper]]:
    """Papers of the cases in view: all for who reads a case's content; for a colleague who was asked, what is shared;
    for another agency what is shared or written to its kind and either went along or was issued since, and what it wrote
    itself. Never one party's letters, the file's records, nor what was written to an agency of another kind."""
    whole = whole_cases(user)
    content = or_(Case.mediator_id == user.id, Case.agency_id.in_(offices(user)))
    # Both sides share the minutes; nobody else reads what was said on the way to an agreement (在线调解规则 18).
    told = (Paper.audience == "shared") & (Paper.kind != "minutes")
    mine: list[ColumnElement[bool]] = [
        told & Paper.case_id.in_(whole),
        Paper.case_id.in_(select(Case.id).where(content)),
    ]
    if reads_parts(user):
        mine += [told & went_along(user), written_to(user), written_by(user), Paper.subject.in_(own_letters(user))]
        mine.append(Paper.case_id.in_(with_part(user, "dossier").with_only_columns(Participation.case_id)))
    return select(Paper).where(Paper.case_id.in_(visible_cases(user).with_only_columns(Case.id)), or_(*mine))


def visible_attachments(user: User, case: Case) -> Select[tuple[Attachment]]:
    """What was handed in and this user may open: all of it for who reads the content, what is shared for everybody at
    the table; another house sees of that what went along with the hand-over or came since, and what it brought itself.

    In a matter that is no dispute (a report from the grid, a service) there are no sides to keep apart: a photograph that
    came with a step is for whoever acts on it, as are its facts.
    """
    query = select(Attachment).where(Attachment.case_id == case.id, Attachment.withdrawn_at.is_(None))
    if can_read_content(user, case) or sent(user, case, "dossier"):
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
    return can_read_content(user, case) or sent(user, case, "contacts")


def reads_statements(user: User, case: Case) -> bool:
    """Whether the user may read the sides' own accounts: who reads the content, or was sent them."""
    return can_read_content(user, case) or sent(user, case, "statements")


def visible_rooms(user: User) -> Select[tuple[Room]]:
    """Rooms in use of the user's own agencies and of those right above, below and beside them. Unordered."""
    own = sorted({held.agency_id for held in user.memberships})
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


def visible_doors(user: User) -> Select[tuple[Delivery]]:
    """The papers that the user, or somebody the user stands in for, brings to a door. Unordered. Whoever carries a paper
    sees its addressee and its title alone: the case and the paper are not in view because of it."""
    return select(Delivery).where(Delivery.carrier_id.in_(acts_for(user)))


def visible_sealed_notes(user: User) -> Select[tuple[SealedNote]]:
    """The sealed notes that the user wrote, or is named for by their author. Nobody stands in for either. Unordered."""
    named = select(SealedNoteReader.note_id).where(SealedNoteReader.user_id == user.id)
    return select(SealedNote).where(or_(SealedNote.author_id == user.id, SealedNote.id.in_(named)))


def visible_drafts(user: User) -> Select[tuple[ReleaseDraft]]:
    """Drafts of releases: flow administrators see each other's, nobody else sees any. Unordered."""
    return select(ReleaseDraft) if user.holds("flow_admin") else select(ReleaseDraft).where(false())


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
