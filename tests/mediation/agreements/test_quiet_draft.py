"""A fresh draft is quiet: the checker speaks once something was typed, and of a draft that was begun before."""

from __future__ import annotations

from bs4 import BeautifulSoup
from sqlalchemy import select

from mediation.extensions import db
from mediation.models import Draft, Task
from tests.mediation.agreements.test_drafting import fields
from tests.person import Person, form_values


def asks(person: Person, task: Task, **changed: str) -> BeautifulSoup:
    """What the page asks the checker as soon as it is open, with something changed."""
    sent = form_values(person.get(f"/tasks/{task.id}").select_one("form#form"))
    return person.post(f"/tasks/{task.id}/findings", {**sent, **changed})


def test_a_fresh_draft_shows_no_finding_before_anything_was_typed(drafting, sign_in):
    person = sign_in("mediator")
    assert asks(person, drafting).select(".findings-sum, .findings") == []
    told = asks(person, drafting, responsibility="楼上承担责任。")
    assert told.select_one(".finding-red") is not None


def test_a_draft_that_was_begun_is_looked_through_when_it_is_opened_again(drafting, pays, sign_in):
    person = sign_in("mediator")
    person.get(f"/tasks/{drafting.id}")
    person.submit({"facts": "楼上漏水，浸湿吊顶。"}, button="_save=1")
    assert db.session.scalars(select(Draft)).one().answers["facts"] == ["楼上漏水，浸湿吊顶。"]
    assert asks(person, drafting).select_one(".finding-red") is not None
    assert asks(person, drafting, **fields(pays(amount=""))).select_one("#terms-0-notes .findings") is not None
