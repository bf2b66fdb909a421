"""Another mediator for a case under way: whoever recuses, or is asked to be replaced, gives it up as a whole.

人民调解法 第十九条、第二十三条；最高人民法院关于人民法院特邀调解的规定 第十五条；人民法院在线调解规则 第十四条.
"""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from mediation import clock, flow, journal
from mediation.cases import options, ties
from mediation.cases.bindings import refuse_tied, seat
from mediation.cases.operations import Refused
from mediation.extensions import db
from mediation.models import Case, Pool, Task, User
from mediation.notices.operations import INBOX_AND_MAIL, tell_party, tell_user
from mediation.permissions import can_appoint_another


def candidates(case: Case) -> list[tuple[User, str]]:
    """Who may mediate instead, with the words of the choice: the own committee first, nobody whom a tie keeps away."""
    people = {one.login: one for one in db.session.scalars(options.mediators_for(case))}
    found = [(people[login], words) for login, words in options.mediators(case)]
    tied = ties.tied_people(case)
    return [(one, words) for one, words in found if one.id != case.mediator_id and one.id not in tied]


def appoint_another(case: Case, to: User, chosen_by: str, reason: str, *, by: User) -> int:
    """`to` mediates from now on and takes over the open steps that the former mediator holds as such; returns how many.

    Both are told, and every party, who may object (人民调解法 23). What was done and printed keeps the name of who did
    it. Raises Refused, or AnswersRefused when a tie speaks against `to`.
    """
    case = flow.lock_case(case.id)
    former = case.mediator
    if former is None or not can_appoint_another(by, case):
        raise Refused(_("No other mediator can be appointed to this case now."))
    if to.id not in {one.id for one, _words in candidates(case)}:
        raise Refused(_("Choose one from the list."))
    refuse_tied(case, to, "mediator", accepted=False)
    journal.record("mediator-relieved", case_id=case.id, by=by, subject=f"user:{former.id}", details={"reason": reason})
    seat(case, to, [], by)
    case.mediator_chosen_by = chosen_by
    moved = _pass_on(case, former, to, by)
    _tell(case, former, to, reason)
    return moved


def _pass_on(case: Case, former: User, to: User, by: User) -> int:
    """The former mediator's open steps in mediators' lanes; one of a committee that `to` does not belong to is offered there."""
    held = select(Task).join(Task.pool).where(
        Task.case_id == case.id, Task.status == "open", Task.claimed_by_id == former.id, Pool.role == "mediator"
    )  # fmt: skip
    moved = list(db.session.scalars(held.order_by(Task.entered_at, Task.id)))
    for task in moved:
        here = task.pool_id in to.pool_ids
        task.claimed_by, task.claimed_at = (to, clock.now()) if here else (None, None)
        journal.record(
            "task-handed-over" if here else "task-put-back", case_id=case.id, by=by, subject=task.element_id,
            details={"task": task.id, "name": task.name, "process": task.process_key, "for": former.login,
                     **({"to": to.login} if here else {})},
        )  # fmt: skip
    db.session.flush()
    return len(moved)


def _tell(case: Case, former: User, to: User, reason: str) -> None:
    """The two mediators hear the reason; the parties hear the name, and that they may object."""
    for user in (former, to):
        tell_user(user.id, "mediator-replaced", case=case, channels=INBOX_AND_MAIL, title=case.display_number,
                  former=former.name, mediator=to.name, reason=reason)  # fmt: skip
    for party in case.parties:
        if party.withdrawn_at is None:
            tell_party(party, "another-mediator", case=case, former=former.name, mediator=to.name)
