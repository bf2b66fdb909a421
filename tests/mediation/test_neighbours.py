"""The nearest agency of a kind, and what the roles of a release see."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mediation import neighbours, releases, standing
from mediation.demo import people
from mediation.extensions import command, db
from mediation.models import Agency, Case
from workflows import roles
from workflows.model import Bundle


@pytest.fixture
def district(app: Any) -> dict[str, Agency]:
    """The agencies of the demonstration."""
    with command():
        people.settle("a long sentence of 7 words")
    return {one.key: one for one in db.session.query(Agency)}


def nearest(district: dict[str, Agency], centre: str, kind: str) -> str | None:
    case = Case(agency=district[centre], agency_id=district[centre].id)
    return neighbours._nearest(case.agency, case.agency_id, kind)


@pytest.mark.parametrize(
    ("centre", "kind", "expected"),
    [
        ("centre", "police", "police"),  # a child
        ("street2", "street", "street2"),  # itself
        ("street2", "community", "community2"),  # its own, not the one of the other street
        ("community", "police", "police"),  # up the parents and down again
        ("street", "court", "court"),
        ("centre", "city", "city"),  # an ancestor
        ("centre", "customs", None),  # none of that kind
    ],
)
def test_the_nearest_agency(district: dict[str, Agency], centre: str, kind: str, expected: str | None) -> None:
    assert nearest(district, centre, kind) == expected


def test_an_agency_that_was_closed_is_not_found(district: dict[str, Agency]) -> None:
    district["police"].active = False
    assert nearest(district, "centre", "police") is None


def test_another_tree_is_near_only_in_the_same_region(district: dict[str, Agency]) -> None:
    for region, found in (("青禾区/幸福街道", "fire"), ("远山区", None)):
        db.session.query(Agency).filter_by(key="fire").delete()
        db.session.add(Agency(key="fire", name="消防", kind="fire", region=region, active=True))
        db.session.flush()
        assert nearest(district, "centre", "fire") == found


def test_every_demo_agency_has_somebody_who_signs(district: dict[str, Agency]) -> None:
    signs = {line.split("|")[3] for line in people.USERS.split("\n")[1:-1]}
    held = {one.partition("@")[2] for row in signs for one in row.split() if one.startswith("liaison@")}
    assert set(district) - held == set()


def test_a_release_adds_a_role_and_what_it_sees_but_widens_no_shipped_one(app: Any, house: Any) -> None:
    listed = json.loads(releases.shipped_bundle().files["roles.json"])
    listed["fire_officer"] = {"name": "消防员", "name_en": "Fire officer", "sees": "referred"}
    listed["liaison"]["sees"] = "office"
    files = {**releases.shipped_bundle().files, "roles.json": json.dumps(listed).encode()}
    with command():
        releases.publish(Bundle(files), note="fire", by=None)
    assert standing.sees("fire_officer") == "referred"
    assert standing.sees("liaison") == "referred"
    assert "fire_officer" in standing.working_roles()
    assert standing.sees("nobody knows this role") == ""


@pytest.mark.parametrize(("sees", "codes"), [("everything", ["wrong-shape"]), ("own", []), ("", [])])
def test_a_roles_file_says_office_referred_own_or_nothing(sees: str, codes: list[str]) -> None:
    content = json.dumps({"fire_officer": {"name": "消防员", "sees": sees}}).encode()
    assert [problem.code for problem in roles.problems(content)] == codes
