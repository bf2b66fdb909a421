"""A notice of acceptance that is printed and has to reach both sides; a grid worker who knows the doors."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from mediation.extensions import command, db
from mediation.models import Delivery, Paper, Party
from mediation.papers.operations import issue
from mediation.papers.rendering import render_due
from tests.house import join
from tests.kept import kept
from tests.mediation.portal.conftest import mediating, registered  # noqa: F401 - fixtures


@pytest.fixture
@kept
def notice(mediating, house) -> Paper:  # noqa: F811 - the fixture
    """The notice of rights of the second party, printed."""
    case, second = mediating.case, mediating.case.parties[1]
    with command():
        papers = issue(case, "rights_notice", by=house.users["mediator"], to="respondent")
    render_due()
    db.session.expire_all()
    paper = next(one for one in papers if one.party_id == second.id)
    assert paper.status in ("ready", "sealed"), paper.failure
    return paper


@pytest.fixture
def carrier(house):
    """A grid worker of the community."""
    return join(house, "grid", "community", "grid_worker")


@pytest.fixture
def planned(notice, carrier, sign_in):
    """`planned("grid")`: the mediator plans an attempt on the page; returns it."""

    def make(manner: str = "grid", **typed) -> Delivery:
        person = sign_in("mediator")
        person.get(f"/papers/{notice.id}/deliver/{notice.party_id}")
        who = {"carrier": str(carrier.id)} if manner == "grid" else {}
        person.submit({"manner": manner, **who, **typed})
        return db.session.scalars(select(Delivery).order_by(Delivery.id.desc())).first()

    return make


def party_of(paper: Paper) -> Party:
    return db.session.get_one(Party, paper.party_id)
