"""Two to five speak for a group; owners decide by head and by area, and the count shows its sum."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from mediation.case_view import CaseView
from mediation.extensions import command, db
from mediation.groups import elections, queries, roster
from mediation.groups.elections import Tally
from mediation.models import Case, Election, RosterMember
from tests.house import House
from tests.person import Person

SignIn = Callable[[str], Person]


def ballot(**changes: str) -> dict[str, str]:
    """Three of twelve are elected, a fourth is not."""
    typed = {"held_on": "2026-11-20", "present": "11", "minutes": "当场唱票。"}
    for place, (who, votes, elected) in enumerate(
        [("3 业主003", "10", "yes"), ("5", "9", "yes"), ("8 业主008", "7", "yes"), ("1", "2", "")]
    ):
        typed |= {f"candidate-{place}": who, f"votes-{place}": votes} | (
            {f"elected-{place}": elected} if elected else {}
        )
    return typed | changes


def records(person: Person, case: Case, typed: dict[str, str], status: int = 200) -> Any:
    person.get(f"/cases/{case.id}/group/election")
    return person.post(f"/cases/{case.id}/group/election", typed, status=status)


def test_an_election_is_recorded_with_candidates_votes_and_minutes(members: Case, sign_in: SignIn) -> None:
    page = records(sign_in("clerk"), members, ballot())
    chosen = select(RosterMember.ordinal).where(RosterMember.representative).order_by(RosterMember.ordinal)
    assert db.session.scalars(chosen).all() == [3, 5, 8]
    row = db.session.scalars(select(Election)).one()
    assert (row.present, [one["votes"] for one in row.count["candidates"]]) == (11, [10, 9, 7, 2])
    assert "当场唱票。" in page.get_text()
    assert CaseView(members)["roster"]["representatives"] == 3


@pytest.mark.parametrize(("changes", "marked"), [
    ({"elected-1": "", "elected-2": ""}, []), ({"held_on": ""}, ["held_on"]), ({"held_on": "2027-01-01"}, ["held_on"]),
    ({"present": "13"}, ["present"]), ({"present": "0"}, ["present"]), ({"votes-0": "12"}, ["votes-0"]),
    ({"votes-0": "十"}, ["votes-0"]), ({"candidate-1": "99 无名"}, ["candidate-1"]), ({"candidate-1": "5 业主006"}, ["candidate-1"]),
    ({"candidate-1": "3"}, ["candidate-1"]), ({"votes-3": "8"}, ["votes-3"]),
    ({"votes-0": "十", "candidate-3": "99", "held_on": ""}, ["held_on", "votes-0", "candidate-3"]),
], ids=["one only", "no day", "a day to come", "more than there are", "nobody", "more votes than voters", "no number",
        "nobody on the roster", "another name", "named twice", "the loser has more", "several at once"])  # fmt: skip
def test_an_election_that_cannot_be_is_refused_at_the_fields_that_are_wrong_and_what_was_typed_stays(
    members: Case, sign_in: SignIn, changes: dict[str, str], marked: list[str]
) -> None:
    typed = {key: value for key, value in ballot(**changes).items() if value or key == "held_on"}
    page = records(sign_in("clerk"), members, typed, status=422)
    assert [link["href"].removeprefix("#") for link in page.select(".error-summary a")] == (marked or ["candidates"])
    assert {field["name"] for field in page.select(".field-wrong input")} == set(marked)
    assert all(page.select_one(f"#{name}-error") for name in marked or ["candidates"])
    assert page.select_one("[name=candidate-0]")["value"] == "3 业主003"
    assert db.session.scalar(select(Election)) is None


def test_six_are_too_many_and_the_next_election_replaces_the_one_before(members: Case, sign_in: SignIn) -> None:
    six = {"held_on": "2026-11-20", "present": "12"}
    for place in range(6):
        six |= {f"candidate-{place}": str(place + 1), f"votes-{place}": "9", f"elected-{place}": "yes"}
    clerk = sign_in("clerk")
    records(clerk, members, six, status=422)
    records(clerk, members, ballot())
    records(clerk, members, {key: value for key, value in six.items() if not key.endswith("-5")})
    assert queries.counts(members).representatives == 5


def tally(voting: int, favour: int, *, special: bool = False, area: str = "100") -> Tally:
    """Of twelve owners with 1,200 m²: each has a hundred, or those in favour another area."""
    each = Decimal(area)
    return Tally(12, Decimal(1200), voting, Decimal(100) * voting, favour, each * favour, special)


@pytest.mark.parametrize(("counted", "passed"), [
    (tally(8, 5), True), (tally(7, 7), False), (tally(8, 4), False), (tally(12, 7), True), (tally(12, 9, special=True), True),
    (tally(12, 8, special=True), False), (tally(8, 6, special=True), True), (tally(8, 5, area="70"), False),
    (Tally(0, Decimal(0), 0, Decimal(0), 0, Decimal(0), False), False),
], ids=["two thirds and five of eight", "too few take part", "half is not more than half", "seven of twelve", "three quarters",
        "two thirds are no three quarters", "six of eight", "heads without area", "nobody"])  # fmt: skip
def test_owners_decide_by_head_and_by_area(app: Any, counted: Tally, passed: bool) -> None:
    assert counted.passed is passed
    with app.test_request_context():
        assert all(holds for _label, _sum, holds in counted.lines()) is passed


def test_a_vote_is_counted_and_kept_with_its_sum(members: Case, house: House, sign_in: SignIn) -> None:
    ids = queries.ids_of(members, queries.Wanted())
    with command():
        roster.record_vote(members, ids[:8], "for", by=house.users["clerk"])
        roster.record_vote(members, ids[8:9], "against", by=house.users["clerk"])
    clerk = sign_in("clerk")
    page = clerk.get(f"/cases/{members.id}/group/vote")
    assert "9 ÷ 12 = 75.00%" in page.get_text()
    page = clerk.submit({"matter": "授权代表人参加调解", "held_on": "2026-11-20"})
    assert "184.50 ÷ 246.00 = 75.00%" in page.get_text()
    assert "8 ÷ 9 = 88.89%" in page.get_text()
    assert CaseView(members)["roster"]["vote_passed"] is True


def test_a_vote_without_areas_cannot_be_counted(members: Case, sign_in: SignIn) -> None:
    with command():
        db.session.scalars(select(RosterMember).where(RosterMember.ordinal == 4)).one().area = None
    clerk = sign_in("clerk")
    clerk.get(f"/cases/{members.id}/group/vote")
    page = clerk.submit({"matter": "授权", "held_on": "2026-11-20"}, status=422)
    assert "1" in page.select_one("#matter-error").get_text()
    page = clerk.submit({"matter": "", "held_on": ""}, status=422)
    assert [field["name"] for field in page.select(".field-wrong input")] == ["matter", "held_on"]
    assert elections.tally(members, special=False).heads == 12
