"""A street with two communities, their grid workers and agent, a property company, and two departments."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from mediation import clock
from mediation.extensions import command, db
from mediation.models import Agency, Membership, Pool, User
from tests.house import House
from tests.kept import kept
from tests.person import Person


@pytest.fixture
@kept
def neighbourhood(house: House) -> dict[str, User]:
    """Who works there, by login."""
    with command():
        centre = house.agencies["centre"].id
        street = agency("street", "幸福街道", "street", centre)
        community = agency("community", "和平社区", "community", street.id)
        people = {
            "grid": worker("grid", "毕小军", "grid_worker", community),
            "agent": worker("agent", "柴玉珍", "agent", community),
            "grid2": worker("grid2", "其其格", "grid_worker", agency("community2", "河湾社区", "community", street.id)),
            "street": worker("street", "方志强", "liaison", street),
            "civil": worker("civil", "葛春燕", "liaison", agency("civil", "民政局", "civil-affairs", centre)),
            "property": worker("property", "管家明", "liaison", agency("property", "安居物业", "property", centre)),
        }
    return people


def agency(key: str, name: str, kind: str, parent_id: int) -> Agency:
    row = Agency(key=key, name=name, kind=kind, parent_id=parent_id, region="青禾区", active=True)
    db.session.add(row)
    db.session.flush()
    return row


def worker(login: str, name: str, role: str, home: Agency) -> User:
    user = User(login=login, name=name, email=f"{login}@qinghe.example", password_hash="!", created_at=clock.now())
    pool = Pool(role=role, agency=home)
    db.session.add_all([pool, user])
    db.session.flush()
    user.memberships.append(Membership(pool=pool, role=role))
    return user


@pytest.fixture
def enter(app: Flask, neighbourhood: dict[str, User], house: House) -> Callable[[str], Person]:
    """Somebody of the street or of the centre at a browser."""
    return lambda login: Person(app, neighbourhood.get(login) or house.users[login])
