"""The people around one dispute, over HTTP: each opens the task at the own desk, fills in the form that is there, hands in."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from flask import Flask, current_app
from PIL import Image
from sqlalchemy import select

from mediation import clock as wall
from mediation import scheduler
from mediation.extensions import db
from mediation.models import Case, Obligation, Paper, Party, Task
from tests.house import House, join
from tests.kept import kept
from tests.person import Person, known_names


class Table:
    """One case and its people. `does` drives a step; `days_pass` moves the clock and lets the scheduler work."""

    def __init__(self, app: Flask, sign_in: Callable[[str], Person], house: House | None = None) -> None:
        self.app = app
        self.sign_in = sign_in
        self.house = house
        self.people: dict[str, Person] = {}
        self.case_id = 0
        self.codes: dict[str, str] = {}

    def person(self, login: str) -> Person:
        if login not in self.people:
            self.people[login] = self.sign_in(login)
        return self.people[login]

    def joins(self, login: str, agency_kind: str, *roles: str) -> None:
        """Somebody of another agency comes to the house in which this table stands."""
        assert self.house is not None
        join(self.house, login, agency_kind, *roles)

    # --- what the tables say -------------------------------------------------------------------------------------------

    @property
    def case(self) -> Case:
        db.session.rollback()
        db.session.expire_all()
        return db.session.get_one(Case, self.case_id)

    def open_steps(self) -> set[str]:
        db.session.rollback()
        query = select(Task.element_id).where(Task.case_id == self.case_id, Task.status == "open")
        return set(db.session.scalars(query))

    def task_id(self, element: str) -> str:
        db.session.rollback()
        query = select(Task.id).where(Task.case_id == self.case_id, Task.element_id == element, Task.status == "open")
        found = db.session.scalar(query.order_by(Task.entered_at.desc()).limit(1))
        assert found, f"{element} is not open; open are {self.open_steps()}"
        return found

    def papers(self) -> dict[str, str]:
        """Kind -> status of the latest paper of that kind."""
        db.session.rollback()
        query = select(Paper.kind, Paper.status).where(Paper.case_id == self.case_id).order_by(Paper.id)
        return dict(db.session.execute(query).all())  # type: ignore[arg-type]

    def party(self, name: str) -> Party:
        return db.session.scalars(select(Party).where(Party.case_id == self.case_id, Party.name == name)).one()

    def obligations(self) -> list[Obligation]:
        db.session.rollback()
        db.session.expire_all()
        query = select(Obligation).where(Obligation.case_id == self.case_id, Obligation.status != "excused")
        return list(db.session.scalars(query.order_by(Obligation.due_on, Obligation.id)))

    # --- what people do ------------------------------------------------------------------------------------------------

    def registers(self, login: str, **answers: Any) -> None:
        """The clerk fills in the page of the window and hands it in."""
        clerk = self.person(login)
        clerk.get("/cases/new")
        fill(clerk, answers)
        self.case_id = int(db.session.scalars(select(Case.id).order_by(Case.id.desc()).limit(1)).one())

    def begins(self, login: str, flow: str, **answers: Any) -> Person:
        """Somebody begins a case by another flow than the window's: a report from the grid, a public-service matter."""
        person = self.person(login)
        person.get(f"/register/{flow}")
        fill(person, answers)
        self.case_id = int(db.session.scalars(select(Case.id).order_by(Case.id.desc()).limit(1)).one())
        return person

    def opens(self, login: str, element: str) -> Person:
        """Claim the step if nobody holds it, and open its page."""
        task_id, person = self.task_id(element), self.person(login)
        person.get(f"/tasks/{task_id}")
        if person.page.select_one("form#form") is None:
            person.post(f"/tasks/{task_id}/claim")
            person.get(f"/tasks/{task_id}")
        return person

    def does(self, login: str, element: str, *, status: int = 200, **answers: Any) -> Person:
        """Open the step, fill in what is said, leave the rest as the form knows it, hand in."""
        person = self.opens(login, element)
        fill(person, answers, status=status)
        return person

    def renders(self) -> None:
        """The worker makes the papers that are queued."""
        while scheduler.rendering.render_due():
            pass

    # --- time ------------------------------------------------------------------------------------------------------------

    def goes_to(self, moment: datetime) -> None:
        """Move the clock, firing what falls due on the way, as a scheduler would have."""
        while (due := _next_timer(self.case_id, moment)) is not None:
            wall.set_clock(max(wall.now(), due) + timedelta(seconds=1))
            scheduler.sweep_timers()
        wall.set_clock(moment)

    def days_pass(self, days: float) -> None:
        self.goes_to(wall.now() + timedelta(days=days))

    def goes_to_day(self, day: Any, hour: int = 9) -> None:
        self.goes_to(wall.start_of(day) + timedelta(hours=hour))


def driven(build: Callable[[Table], None]) -> Callable[..., Table]:
    """`sit(house)` gives a table at which all this has happened. It is driven once in a worker and then put back; who sits
    there signs in when he or she is asked for, also who joined the house meanwhile. With a case (`sit(house, case_id)`)
    it goes on with that one."""

    @kept
    @wraps(build)
    def drive(house: House, case_id: int) -> tuple[int, dict[str, str], House]:
        table = _seated(house, case_id)
        build(table)
        return table.case_id, table.codes, house

    def sit(house: House, case_id: int = 0) -> Table:
        table = _seated(house, 0)
        table.case_id, table.codes, after = drive(house, case_id)
        house.users.update(after.users)
        house.agencies.update(after.agencies)
        return table

    return sit


def _seated(house: House, case_id: int) -> Table:
    app = current_app._get_current_object()
    table = Table(app, lambda login: Person(app, house.users[login]), house)
    table.case_id = case_id
    return table


def _next_timer(case_id: int, until: datetime) -> datetime | None:
    from mediation.models import WaitingEvent

    query = select(WaitingEvent.due_at).where(
        WaitingEvent.case_id == case_id,
        WaitingEvent.kind == "timer",
        WaitingEvent.failed_at.is_(None),
        WaitingEvent.due_at <= until,
    )
    found = db.session.scalar(query.order_by(WaitingEvent.due_at).limit(1))
    db.session.rollback()
    return found


def fill(person: Person, answers: Mapping[str, Any], *, form: str = "form#form", status: int = 200) -> None:
    """Fill in the form of the last page: rows are added with the form's own button, redrawn as the form's rules want."""
    flat: dict[str, Any] = {}
    for name, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            _add_rows(person, form, name, len(value), flat)
            for number, row in enumerate(value):
                flat |= {f"{name}-{number}-{key}": _typed(entry) for key, entry in row.items()}
        else:
            flat[name] = _typed(value)
    _redraw_until_known(person, form, flat)
    person.submit(flat, form=form, status=status)


def _add_rows(person: Person, form: str, name: str, wanted: int, flat: dict[str, Any]) -> None:
    for _ in range(wanted):
        found = person.page.select_one(form)
        assert found is not None
        known = known_names(found)
        rows = {field.split("-")[1] for field in known if field.startswith(f"{name}-")}
        if len(rows) >= wanted:
            return
        present = {key: value for key, value in flat.items() if key in known}
        if f"_add={name}" not in buttons(person, form):
            person.submit(present, form=form, button="_redraw=1")
        person.submit(present, form=form, button=f"_add={name}")


def buttons(person: Person, form: str) -> set[str]:
    return {f"{button.get('name')}={button.get('value')}" for button in person.page.select(f"{form} button[name]")}


def _redraw_until_known(person: Person, form: str, flat: Mapping[str, Any]) -> None:
    """Fields that appear only after another was answered: let the server draw the form anew, a few times at most."""
    for _ in range(4):
        found = person.page.select_one(form)
        assert found is not None, f"no form on {person.title()}: {person.text()[:300]}"
        names = known_names(found)
        if set(flat) <= names:
            return
        # A file goes along once, with the form that is handed in.
        present = {key: value for key, value in flat.items() if key in names and not isinstance(value, tuple)}
        person.submit(present, form=form, button="_redraw=1")


def photograph(name: str, colour: str = "grey") -> tuple[io.BytesIO, str]:
    """A picture as a telephone takes it, ready to go along with a form."""
    content = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(content, "JPEG")
    content.seek(0)
    return content, name


def _typed(value: Any) -> Any:
    """As a person types or ticks it; a moment as the input of a browser has it; a file stays a file."""
    if isinstance(value, bool):
        return "y" if value else None
    if isinstance(value, datetime):
        return wall.local(value).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, list):
        return [str(entry) for entry in value]
    return value if value is None or isinstance(value, tuple) else str(value)
