"""A small centre for the tests: agencies, people in every role, and the shipped release."""

from __future__ import annotations

from dataclasses import dataclass

from mediation import clock, releases
from mediation.extensions import command, db
from mediation.models import Agency, Membership, Pool, User

PASSWORD = "a long sentence of 7 words"
# Argon2 of PASSWORD with the cheapest parameters: signing in is tested with real ones elsewhere.
PEOPLE = (
    ("clerk", "周雨晴", "centre", "clerk"),
    ("dispatcher", "韩志远", "centre", "dispatcher"),
    ("director", "孟庆国", "centre", "director"),
    ("supervisor", "沈立秋", "centre", "supervisor"),
    ("mediator", "李晓", "committee", "mediator"),
    ("mediator2", "赵敏华", "committee", "mediator"),
    ("court", "吴思远", "court", "court_liaison"),
    ("flow_admin", "钱明", "centre", "flow_admin"),
    ("system_admin", "孙丽", "centre", "system_admin"),
)
AGENCIES = (
    ("centre", "青禾区综治中心", "centre", "青综"),
    ("committee", "青禾区人民调解委员会", "committee", "青禾"),
    ("court", "青禾区人民法院", "court", "青法"),
)


@dataclass(frozen=True)
class House:
    """Agencies and users by key."""

    agencies: dict[str, Agency]
    users: dict[str, User]
    release: str


def build_house() -> House:
    """Create everything in one transaction and return it."""
    with command():
        release = releases.publish(releases.shipped_bundle(), note="shipped", by=None)
        agencies = {key: _agency(key, name, kind, short) for key, name, kind, short in AGENCIES}
        db.session.add_all(agencies.values())
        db.session.flush()
        for key in ("committee", "court"):
            agencies[key].parent_id = agencies["centre"].id
        pools = {(role, agency): Pool(role=role, agency=agencies[agency]) for _login, _name, agency, role in PEOPLE}
        users = {login: _user(login, name, pools[role, agency]) for login, name, agency, role in PEOPLE}
        db.session.flush()
    return House(agencies, users, release.hash)


def _agency(key: str, name: str, kind: str, short: str) -> Agency:
    return Agency(
        key=key, name=name, name_en=f"Qinghe {key}", kind=kind, short_name=short, region="青禾区",
        phone="0000-5550100", address="青禾区和平路 1 号", active=True,
    )  # fmt: skip


def _user(login: str, name: str, pool: Pool) -> User:
    user = User(login=login, name=name, email=f"{login}@qinghe.example", password_hash="!", created_at=clock.now())
    user.memberships.append(Membership(pool=pool, role=pool.role))
    db.session.add(user)
    return user


def join(house: House, login: str, agency_kind: str, *roles: str) -> User:
    """Somebody of another agency comes to the table; the agency is made when its kind is not there yet."""
    with command():
        if agency_kind not in house.agencies:
            agency = _agency(agency_kind, f"青禾区（{agency_kind}）", agency_kind, f"青{len(house.agencies)}")
            agency.parent_id = house.agencies["centre"].id
            db.session.add(agency)
            db.session.flush()
            house.agencies[agency_kind] = agency
        agency = db.session.get_one(Agency, house.agencies[agency_kind].id)
        first, *others = (_pool(role, agency) for role in roles)
        user = _user(login, f"联络员{login}", first)
        user.memberships += [Membership(pool=pool, role=pool.role) for pool in others]
        house.users[login] = user
    return user


def _pool(role: str, agency: Agency) -> Pool:
    return db.session.query(Pool).filter_by(role=role, agency_id=agency.id).one_or_none() or Pool(
        role=role, agency=agency
    )
