"""Plays a story through the real operations and the real engine, each step at its own moment in the past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from mediation import clock, flow
from mediation.cases import operations as cases
from mediation.cases.beside import open_beside
from mediation.demo.answers import answer
from mediation.demo.groups import BEFORE
from mediation.demo.handed_in import with_pictures
from mediation.demo.neighbourhood import begin
from mediation.demo.stories import Story
from mediation.effects import BINDINGS
from mediation.extensions import command, db
from mediation.meetings.bindings import latest_meeting
from mediation.models import Case, Membership, Obligation, Party, Task, User, Visit, WaitingEvent

MOST_STEPS = 200
DISPATCHED_IN = timedelta(minutes=6)
_SURNAMES = {"公司", "中心", "合作社", "医院", "学校", "工程队", "商店", "粮油店", "饭店", "早点铺", "加工厂"}


@dataclass
class Player:
    """One story on its way; `moment` is where its own time stands."""

    story: Story
    users: dict[str, User]
    until: datetime
    moment: datetime
    case_id: int = 0

    def play(self) -> int:
        """Register, then do step after step until nothing is left to do before `until`; returns the case's id."""
        self._register()
        if self.story.end in ("risk", "withdrawn", "void"):
            self._play_steps(stop_early=self.story.end in ("withdrawn", "risk"))
            self._break_in()
        self._play_steps()
        return self.case_id

    def _register(self) -> None:
        with clock.at(self.moment), command():
            if self.story.entry:
                self.case_id = begin(self.story, self._user(self.story.by)).id
                return
            self.case_id = cases.register_dispute(registration(self.story), by=self._user("clerk")).case.id

    def _play_steps(self, *, stop_early: bool = False) -> None:
        for _ in range(MOST_STEPS):
            if not self._step():
                return
            if stop_early and self._case().status == "mediating":
                return
        raise RuntimeError(f"the story {self.story.title} does not come to its end")

    def _step(self) -> bool:
        """One task or one timer, whichever comes first; False when nothing more happens before `until`."""
        task, at = self._next_task()
        timer_at = self._next_timer()
        if timer_at is not None and (task is None or timer_at <= at):
            return self._fire(timer_at)
        if task is None or at > self.until:
            return False
        self.moment = at
        self._complete(task)
        return True

    def _next_task(self) -> tuple[str | None, datetime]:
        query = (
            select(Task).where(Task.case_id == self.case_id, Task.status == "open").order_by(Task.entered_at, Task.id)
        )
        found: tuple[str | None, datetime] = (None, self.until)
        with clock.at(self.moment):
            for task in db.session.scalars(query):
                if answer(self.story, task, self._known(task)) is None:
                    continue
                # What has a day of its own is done on that day, not a pause later.
                at = max(self.moment + self._pause(task), self._not_before(task))
                if found[0] is None or at < found[1]:
                    found = (task.id, at)
        db.session.rollback()
        return found

    def _pause(self, task: Task) -> timedelta:
        """How long it takes until somebody does the step; what is reported from the grid is dispatched in minutes."""
        if task.element_id == "dispatch":
            return DISPATCHED_IN
        return timedelta(hours=1 if task.element_id in ("receive", "visit") else self.story.pace)

    def _not_before(self, task: Task) -> datetime:
        if task.element_id == "hold":
            meeting = latest_meeting(self.case_id, "invited")
            return meeting.starts_at + timedelta(hours=2) if meeting else self.moment
        if task.element_id == "minutes":
            meeting = latest_meeting(self.case_id, "held", "adjourned")
            return meeting.starts_at + timedelta(hours=4) if meeting else self.moment
        if task.element_id == "receive":
            query = select(Obligation.due_on).where(Obligation.case_id == self.case_id, Obligation.status == "open")
            due = db.session.scalar(query.order_by(Obligation.due_on).limit(1))
            return clock.start_of(due) + timedelta(hours=10) if due else self.moment
        if task.element_id == "visit":
            due = db.session.scalar(
                select(Visit.due_on)
                .where(Visit.case_id == self.case_id, Visit.status == "planned")
                .order_by(Visit.due_on)
            )
            return clock.start_of(due) + timedelta(hours=10) if due else self.moment
        return self.moment

    def _next_timer(self) -> datetime | None:
        query = select(WaitingEvent.due_at).where(
            WaitingEvent.case_id == self.case_id, WaitingEvent.kind == "timer", WaitingEvent.due_at <= self.until
        )
        due = db.session.scalar(query.order_by(WaitingEvent.due_at).limit(1))
        db.session.rollback()
        return due

    def _fire(self, due_at: datetime) -> bool:
        self.moment = max(self.moment, due_at)
        with clock.at(self.moment), command():
            query = select(WaitingEvent).where(WaitingEvent.case_id == self.case_id, WaitingEvent.due_at <= self.moment)
            event = db.session.scalars(query.order_by(WaitingEvent.due_at, WaitingEvent.id).limit(1)).one()
            flow.lock_case(self.case_id)
            return flow.fire_timers(event) is not None

    def _complete(self, task_id: str) -> None:
        with clock.at(self.moment), command():
            task = db.session.get_one(Task, task_id)
            user = self._who(task)
            given = answer(self.story, task, self._known(task))
            if given is None:
                raise RuntimeError(f"nobody answers {task.element_id} any more")
            self._hold(task, user)
            if task.element_id in BEFORE:
                BEFORE[task.element_id](task, user)
            flow.complete(task, with_pictures(task.case, given, user), by=user)

    def _hold(self, task: Task, user: User) -> None:
        task.claimed_by, task.claimed_by_id, task.claimed_at = user, user.id, clock.now()
        flow.let_in(task.case_id, {(task.pool_id, user.id)})
        db.session.flush()

    def _known(self, task: Task) -> dict[str, Any]:
        binding = BINDINGS.get(task.bind)
        return binding.prefill(task, self._who(task)) if binding and binding.prefill else {}

    def _who(self, task: Task) -> User:
        if task.claimed_by_id is not None:
            return db.session.get_one(User, task.claimed_by_id)
        if task.pool.role == "mediator":
            return self._user(self.story.mediator)
        members = select(User).join(User.memberships).where(Membership.pool_id == task.pool_id, User.active)
        return db.session.scalars(members.order_by(User.id).limit(1)).one()

    def _user(self, login: str) -> User:
        return db.session.scalars(select(User).where(User.login == login)).one()

    def _case(self) -> Case:
        return db.session.get_one(Case, self.case_id)

    def _break_in(self) -> None:
        """What may come at any moment: a side walks out, a risk is reported, the case proves to be a mistake."""
        self.moment = min(self.until, self.moment + timedelta(hours=5))
        with clock.at(self.moment), command():
            case = self._case()
            if self.story.end == "withdrawn":
                party = db.session.scalars(select(Party).where(Party.case_id == case.id).order_by(Party.id)).first()
                cases.end_mediation(case, party, "不愿再调解", by=self._user(self.story.mediator))
            elif self.story.end == "void":
                cases.void_case(case, "与前案重复登记", by=self._user("dispatcher"))
            else:
                open_beside(case, "risk_response", by=self._user("dispatcher"))


def registration(story: Story) -> dict[str, Any]:
    """What the clerk wrote down at the window."""
    parties = [_party(name, number, story) for number, name in enumerate(story.parties)]
    return {
        "title": story.title,
        "kind": story.kind,
        "summary": story.summary,
        "claims": story.claims,
        "amount": story.amount,
        "place": "青禾区",
        "source": "window",
        "people_count": len(parties),
        "signs": [],
        "domestic_violence": False,
        "written_requested": False,
        "commercial": False,
        "voluntary": True,
        "parties": parties,
        **{key: value for key, value in story.facts.items() if key != "minor"},
    }


def _party(name: str, number: int, story: Story) -> dict[str, Any]:
    organisation = any(name.endswith(ending) for ending in _SURNAMES)
    born = (
        "2016-05-12"
        if story.facts.get("minor") and number == 0
        else f"19{60 + (len(story.title) * 7 + number * 9) % 35}-0{number + 3}-1{number}"
    )
    party: dict[str, Any] = {
        "side": "applicant" if number == 0 else "respondent",
        "kind": "organisation" if organisation else "person",
        "name": name,
        "phone": _phone(name),
        "address": f"青禾区虚构路 {sum(map(ord, name)) % 200 + 1} 号",
        "protected": False,
    }
    if organisation:
        return party | {
            "legal_representative": "某负责人",
            "representatives": [{"kind": "legal_representative", "name": "某负责人"}],
        }
    sex = "female" if sum(map(ord, name)) % 2 else "male"
    statement = story.summary if number == 0 else ""
    return party | {"sex": sex, "birth_date": born, "ethnicity": "汉族", "occupation": "居民", "statement": statement}


def _phone(name: str) -> str:
    """An invented number; a few of the old people have a telephone at home only and get letters."""
    number = sum(map(ord, name)) * 7919
    return f"0400-555{number % 10**4:04d}" if "老" in name or "淑" in name else f"139{number % 10**8:08d}"
