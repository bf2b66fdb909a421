"""What a person may do with a row that is already in view: questions answered with yes or no, nothing loaded."""

from __future__ import annotations

from mediation.models import Attachment, Case, Party, Task, User

# Who gives supervision orders; who dispatches urges.
ORDERERS = ("supervisor", "director")


def is_open(case: Case) -> bool:
    return case.closed_at is None and case.voided_at is None


def can_claim(user: User, task: Task) -> bool:
    """A task of one of my pools that nobody holds."""
    return task.status == "open" and task.claimed_by_id is None and task.pool_id in user.pool_ids


def can_complete(user: User, task: Task, acting_for: list[int]) -> bool:
    """Only who holds an open task may complete it: its holder, or the holder's stand-in."""
    return task.status == "open" and task.claimed_by_id in acting_for


def can_release(user: User, task: Task, acting_for: list[int]) -> bool:
    return can_complete(user, task, acting_for)


def can_reassign(user: User, task: Task, acting_for: list[int]) -> bool:
    """The holder hands over; a director of the task's agency takes away and gives."""
    if task.status != "open":
        return False
    return task.claimed_by_id in acting_for or _directs(user, task.pool.agency_id)


def _directs(user: User, agency_id: int) -> bool:
    return any(held.role == "director" and held.agency_id == agency_id for held in user.memberships)


def can_take_back(user: User, task: Task) -> bool:
    """Who completed a step may take it back; whether what followed is untouched is checked under the lock."""
    return task.status == "done" and task.done_by_id == user.id


def works_on(user: User, case: Case) -> bool:
    """May change the case's content: its mediator, or the office of its centre."""
    if case.mediator_id == user.id:
        return True
    return any(
        held.role in ("clerk", "dispatcher", "director") and held.agency_id == case.agency_id
        for held in user.memberships
    )


def can_appoint_another(user: User, case: Case) -> bool:
    """Another mediator instead of the one who is appointed: by who directs or dispatches in the centre, by the director
    of the committee (人民调解法 19), or by the mediator who gives the case up (特邀调解规定 15)."""
    if not is_open(case) or case.mediator_id is None:
        return False
    return case.mediator_id == user.id or any(
        (held.role in ("director", "dispatcher") and held.agency_id == case.agency_id)
        or (held.role == "director" and held.agency_id == case.committee_id)
        for held in user.memberships
    )


def can_correct(user: User, case: Case) -> bool:
    return works_on(user, case) and case.voided_at is None


def can_supervise(user: User, case: Case) -> bool:
    """Supervision orders (督办单) are given, while the case is open, by who oversees its own centre; a house that was
    merely let in on the case orders nobody about."""
    return is_open(case) and any(
        held.role in ORDERERS and held.agency_id == case.agency_id for held in user.memberships
    )


def can_void(user: User, case: Case) -> bool:
    """A case registered in error is voided by a director or dispatcher of its centre."""
    return is_open(case) and any(
        held.role in ("director", "dispatcher") and held.agency_id == case.agency_id for held in user.memberships
    )


def can_read_content(user: User, case: Case) -> bool:
    """May read statements, enquiries and contact data: who works on it, and a supervisor of its centre."""
    return works_on(user, case) or any(
        held.role == "supervisor" and held.agency_id == case.agency_id for held in user.memberships
    )


def can_read_caucus(user: User, case: Case) -> bool:
    """What one side said to the mediator alone stays with the mediator."""
    return case.mediator_id == user.id


def can_upload(user: User, case: Case) -> bool:
    return works_on(user, case) and case.voided_at is None


def party_can_read_attachment(party: Party, attachment: Attachment) -> bool:
    """A resident reads what is shared and what this very party handed in."""
    return attachment.case_id == party.case_id and (attachment.shared or attachment.party_id == party.id)
