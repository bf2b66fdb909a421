"""Whatever breaks in the middle leaves nothing half done, and whatever runs by itself goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from mediation import clock, effects, flow, queues, scheduler
from mediation.cases.operations import register_dispute
from mediation.effects import BINDINGS, EFFECTS, AnswersRefused
from mediation.extensions import command, db
from mediation.models import Case, Entry, Incident, Notice, Paper, Task, WaitingEvent
from mediation.notices import sending
from mediation.papers import rendering
from mediation.tasks import operations as desk
from tests.house import House
from tests.kept import kept
from tests.mediation.portal.conftest import dispute
from tests.person import Person
from tests.security.rows import snapshot

EXAMINED = {
    "materials_complete": "yes",
    "identity_checked": "y",
    "exclusion": "none",
    "conclusion": "admit",
    "reason": "这句话不能丢",
}


class Broken(RuntimeError):
    """What is raised in the middle."""


def breaks(*_arguments: Any, **_named: Any) -> Any:
    raise Broken("the disk is on fire 13800138000")


@pytest.fixture
@kept
def case(house: House) -> Case:
    with command():
        return register_dispute(dispute(), by=house.users["clerk"]).case


@pytest.fixture
def clerk(case: Case, sign_in: Callable[[str], Person]) -> Person:
    """The clerk, with the examination of the case open on the desk."""
    person = sign_in("clerk")
    person.get("/work")
    person.post(f"/tasks/{the_task().id}/claim")
    person.get(f"/tasks/{the_task().id}")
    return person


def the_task(element: str = "examine") -> Task:
    db.session.rollback()
    return db.session.scalars(select(Task).where(Task.element_id == element)).one()


def a_broken_effect(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    spec = EFFECTS[name]
    monkeypatch.setitem(EFFECTS, name, effects.EffectSpec(spec.name, breaks, spec.arguments, spec.required))


def after_bind(mp: pytest.MonkeyPatch) -> None:
    binding, real = BINDINGS["admissibility"], BINDINGS["admissibility"].apply

    def apply(task: Task, answers: Any, by: Any) -> None:
        real(task, answers, by)  # type: ignore[misc]
        db.session.flush()
        raise Broken("13800138000")

    mp.setattr(binding, "apply", apply)


PLACES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "after the table was filled": after_bind,
    "in the engine": lambda mp: mp.setattr("mediation.flow.runtime.complete", breaks),
    "after the engine's step": lambda mp: mp.setattr("mediation.flow.mirror", breaks),
    "while the journal is written": lambda mp: mp.setattr("mediation.flow._journal", breaks),
    "while people are told": lambda mp: mp.setattr("mediation.flow.tell_watchers", breaks),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_fault_anywhere_leaves_every_row_as_it_was_and_the_text_with_the_person(
    clerk: Person, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot()
    PLACES[place](monkeypatch)
    clerk.submit(EXAMINED, status=500)
    assert snapshot() == before
    assert "这句话不能丢" in clerk.page.get_text()
    assert "13800138000" not in clerk.page.get_text()


@pytest.mark.parametrize("name", ["allocate-number", "start-clock", "issue-paper", "send-notice", "set-status"])
def test_a_fault_in_any_effect_of_the_step_undoes_the_whole_step(
    clerk: Person, sign_in: Callable[[str], Person], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Acceptance causes five things; whichever breaks, none has happened, and the dossier numbers have no gap."""
    clerk.submit(EXAMINED)
    dispatcher = sign_in("dispatcher")
    dispatcher.get("/work")
    dispatcher.post(f"/tasks/{the_task('confirm_triage').id}/claim")
    dispatcher.get(f"/tasks/{the_task('confirm_triage').id}")
    before = snapshot()
    with monkeypatch.context() as broken:
        a_broken_effect(broken, name)
        dispatcher.submit(status=500)
    assert snapshot() == before
    dispatcher.get(f"/tasks/{the_task('confirm_triage').id}")
    dispatcher.submit()
    db.session.expire_all()
    assert db.session.scalars(select(Case)).one().number.endswith("第1号")


def test_a_fault_at_the_commit_itself(clerk: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    before = snapshot()
    real = desk.complete

    def complete(*arguments: Any, **named: Any) -> Any:
        step = real(*arguments, **named)
        monkeypatch.setattr(db.session(), "commit", breaks)
        return step

    monkeypatch.setattr(desk, "complete", complete)
    clerk.submit(EXAMINED, status=500)
    monkeypatch.undo()
    assert snapshot() == before
    assert "这句话不能丢" in clerk.page.get_text()


def test_a_paper_that_cannot_be_made_is_an_incident_when_nobody_is_there(
    house: House, case: Case, monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    """And whatever else breaks under a timer: the timers of other cases still act."""
    with command():
        second = register_dispute(dispute(), by=house.users["clerk"]).case
    for one in (case, second):
        with command():
            _timer(one)
    acted: list[int] = []
    failures = iter((AnswersRefused({"": "x"}), Broken("慕容")))

    def fire(event: WaitingEvent) -> None:
        if event.case_id == case.id:
            raise next(failures)
        acted.append(event.case_id)

    monkeypatch.setattr(flow, "fire_timers", fire)
    for code in ("paper-refused", "effect-failed"):
        _due_again(case)
        scheduler.sweep_timers()
        found = db.session.scalars(select(Incident).order_by(Incident.id.desc())).first()
        assert (found.case_id, found.code) == (case.id, code)
        assert "慕容" not in found.message
    assert acted == [second.id, second.id]


def _timer(case: Case) -> None:
    process_id = db.session.scalars(select(Task.process_id).where(Task.case_id == case.id)).first()
    db.session.add(WaitingEvent(
        process_id=process_id, case_id=case.id, engine_id=f"t{case.id}", element_id="x", process_key="intake", kind="timer",
        name="x", due_at=clock.now(),
    ))  # fmt: skip


def _due_again(case: Case) -> None:
    with command():
        for event in db.session.scalars(select(WaitingEvent).where(WaitingEvent.case_id == case.id)):
            event.failed_at = None


# --- workers ------------------------------------------------------------------------------------------------------------


def taken_by_another() -> list[int]:
    """The papers that another worker has taken and not made yet."""
    wait = rendering.LEASE
    return queues.lease(Paper, Paper.status == "queued", batch=rendering.BATCH, wait=lambda _attempts: wait)


def test_a_worker_that_dies_loses_its_lease_and_not_the_paper(case: Case, clock: Any) -> None:
    """The receipt and the application are made once, later, by whoever comes next; not while the lease runs."""
    leased = taken_by_another()
    assert len(leased) == 2
    assert rendering.render_due() == 0
    clock.set_clock(clock.now() + rendering.LEASE * 1.1)
    assert rendering.render_due() == 2
    assert rendering.render_due() == 0
    made = db.session.scalars(select(Entry).where(Entry.action == "paper-rendered")).all()
    assert sorted(entry.subject for entry in made) == sorted(f"paper:{paper_id}" for paper_id in leased)


def test_a_worker_that_wakes_up_late_makes_no_second_paper(case: Case, clock: Any) -> None:
    late = taken_by_another()[0]
    clock.set_clock(clock.now() + rendering.LEASE * 1.1)
    assert rendering.render_due() == 2
    first = db.session.get_one(Paper, late).sha256
    assert rendering._render(late) is False
    db.session.expire_all()
    assert db.session.get_one(Paper, late).sha256 == first


def test_one_mail_that_no_header_can_hold_keeps_no_other_back(
    house: House, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with command():
        house.users["mediator"].email = "a@b.example\nBcc: everybody@b.example"
        for login in ("mediator", "director"):
            details = {"title": "1", "step": "x\r\nBcc: y@z.example"}
            moments = {"created_at": clock.now(), "try_after": clock.now()}
            user_id = house.users[login].id
            db.session.add(Notice(user_id=user_id, channel="mail", template="task-given", details=details, **moments))
    sent: list[Any] = []
    monkeypatch.setitem(app.config, "SMTP", "mail.example:25")
    monkeypatch.setattr(sending.smtplib, "SMTP", _server_that(sent))
    assert sending.send_due() == 1
    assert [message["To"] for message in sent] == [house.users["director"].email]
    assert all(message["Bcc"] is None for message in sent)


def _server_that(sent: list[Any]) -> type:
    class Server:
        def __init__(self, *_arguments: Any, **_named: Any) -> None: ...
        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_error: object) -> None: ...
        def has_extn(self, _name: str) -> bool:
            return False

        def send_message(self, message: Any) -> None:
            sent.append(message)

    return Server


def test_a_job_that_raises_neither_stops_the_others_nor_itself(app: Flask, house: House) -> None:
    ran: list[str] = []
    jobs = [scheduler._inside(app, "broken", breaks), scheduler._inside(app, "whole", lambda: ran.append("whole") or 1)]
    for _ in range(2):
        for job in jobs:
            job()
    assert ran == ["whole", "whole"]


# --- races --------------------------------------------------------------------------------------------------------------


def together(app: Flask, *actions: Callable[[], Any]) -> list[Any]:
    """Run the actions at once, each in a thread and a session of its own; what each returned or raised."""
    start, found = threading.Barrier(len(actions)), [None] * len(actions)
    db.session.rollback()
    db.session.remove()

    def run(place: int, action: Callable[[], Any]) -> None:
        with app.app_context():
            start.wait(10)
            try:
                with command():
                    found[place] = action()
            except Exception as error:  # the loser's exception is the result of the race
                found[place] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


def test_of_two_who_complete_one_step_at_once_one_does(clerk: Person, app: Flask, house: House) -> None:
    task = the_task()
    task_id, version, user_id = task.id, task.version, house.users["clerk"].id

    def complete() -> str:
        user = db.session.get_one(flow.User, user_id)
        answers = {"materials_complete": "yes", "exclusion": "none", "conclusion": "admit"}
        desk.complete(db.session.get_one(Task, task_id), answers, version, by=user)
        return "done"

    found = together(app, complete, complete)
    assert sorted(type(one).__name__ for one in found) == ["TaskGone", "str"]
    assert (
        len(db.session.scalars(select(Entry).where(Entry.action == "task-completed", Entry.subject == "examine")).all())
        == 1
    )
    assert len(db.session.scalars(select(Task).where(Task.element_id == "confirm_triage")).all()) == 1


def test_a_step_taken_back_while_the_next_is_claimed_is_one_or_the_other(
    clerk: Person, app: Flask, house: House
) -> None:
    clerk.submit(EXAMINED)
    done, following = the_task().id, the_task("confirm_triage").id
    clerk_id, dispatcher_id = house.users["clerk"].id, house.users["dispatcher"].id

    def claim() -> str:
        desk.claim(db.session.get_one(Task, following), by=db.session.get_one(flow.User, dispatcher_id))
        return "claimed"

    def take_back() -> str:
        flow.take_back(db.session.get_one(Task, done), by=db.session.get_one(flow.User, clerk_id))
        return "taken back"

    found = together(app, claim, take_back)
    assert sum(isinstance(one, str) for one in found) == 1, found
    task = db.session.get_one(Task, following)
    assert (task.status, task.claimed_by_id) == (
        ("open", dispatcher_id) if found[0] == "claimed" else ("cancelled", None)
    )


def test_of_many_who_claim_at_once_one_gets_it_and_the_others_hear_who(case: Case, app: Flask, house: House) -> None:
    task_id, ids = the_task().id, [house.users["clerk"].id, _second_clerk(house)]
    with command():
        the_task_again = db.session.get_one(Task, task_id)
        the_task_again.claimed_by_id = None

    def claimer(user_id: int) -> Callable[[], int]:
        def claim() -> int:
            desk.claim(db.session.get_one(Task, task_id), by=db.session.get_one(flow.User, user_id))
            return user_id

        return claim

    found = together(app, *(claimer(user_id) for user_id in ids))
    winner = db.session.get_one(Task, task_id).claimed_by_id
    assert [one for one in found if isinstance(one, int)] == [winner]
    lost = next(one for one in found if isinstance(one, desk.Taken))
    assert str(lost) == db.session.get_one(flow.User, winner).name


def _second_clerk(house: House) -> int:
    from mediation.accounts.operations import create_user

    with command():
        return create_user(login="clerk2", name="乙", email="", roles=[("clerk", "centre")], password=None, by=None).id


def test_two_sweeps_at_once_fire_each_timer_once(house: House, app: Flask, clock: Any) -> None:
    from datetime import timedelta

    from mediation.demo.stories import STORIES
    from tests.mediation.test_flow import play

    story = next(one for one in STORIES if one.title.startswith("民间借贷"))
    play(story, until_days=3)
    clock.set_clock(clock.now() + timedelta(days=6))
    db.session.rollback()
    due = select(WaitingEvent.element_id).where(WaitingEvent.kind == "timer", WaitingEvent.due_at <= clock.now())
    waiting = len(db.session.scalars(due).all())
    fired = len(db.session.scalars(select(Entry).where(Entry.action == "timer-fired")).all())
    assert waiting >= 1
    found = together(app, scheduler.sweep_timers, scheduler.sweep_timers)
    scheduler.sweep_timers()  # what one of them passed by because the other held the case
    assert not any(isinstance(one, Exception) for one in found), found
    again = len(db.session.scalars(select(Entry).where(Entry.action == "timer-fired")).all())
    db.session.rollback()
    assert again - fired >= 1
    assert scheduler.sweep_timers() == 0
    assert db.session.scalars(select(Incident)).all() == []
