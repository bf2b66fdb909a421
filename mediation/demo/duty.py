"""The demonstration's roster of this week, its posts with A and B, and what its studios are good at."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from mediation import clock
from mediation.extensions import command, db
from mediation.models import Agency, DutyPost, DutyTurn, Pool, Studio, User

# Login of A, of B, role, agency, mode, weekdays, kinds, place.
POSTS = (
    ("court", "court2", "court_liaison", "court", "resident", "12345", [], "3 号窗口"),
    ("mediator", "mediator2", "mediator", "committee", "rotating", "12345", [], "调解一室"),
    ("procurator", None, "liaison", "procuratorate", "rotating", "3", [], "5 号窗口"),
    ("petition", None, "liaison", "petition", "resident", "12345", [], "4 号窗口"),
)
# Login, role, agency, days after Monday, mode, place.
TURNS = (
    ("mediator", "mediator", "committee", (0, 2, 4), "rotating", "调解一室"),
    ("mediator2", "mediator", "committee", (1, 3), "rotating", "调解一室"),
    ("procurator", "liaison", "procuratorate", (2,), "rotating", "5 号窗口"),
    ("housing", "liaison", "housing", (1,), "on-call", "联席会议室"),
)
# Kinds of dispute, languages, area, about.
STUDIOS = {
    "studio1": (
        ["01", "0201", "0202"],
        ["mongolian"],
        ["幸福街道", "和平社区"],
        "擅长婚姻家庭、邻里纠纷，熟悉蒙古语。",
    ),
    "studio2": (["06"], [], ["青禾区"], "擅长劳动报酬、工伤待遇纠纷。"),
}


def plan() -> None:
    """Roster and studios of this week; whoever the demonstration does not know is left out."""
    with command():
        users = {user.login: user for user in db.session.scalars(select(User).order_by(User.id))}
        agencies = {one.key: one for one in db.session.scalars(select(Agency).order_by(Agency.id))}
        pools = {(pool.role, pool.agency.key): pool for pool in db.session.scalars(select(Pool).order_by(Pool.id))}
        monday = clock.today() - timedelta(days=clock.today().weekday())
        _studios(agencies)
        _posts(users, pools, monday)
        _turns(users, pools, monday)


def _studios(agencies: dict[str, Agency]) -> None:
    for key, (kinds, languages, areas, about) in STUDIOS.items():
        if key in agencies:
            db.session.add(
                Studio(agency_id=agencies[key].id, kinds=kinds, languages=languages, areas=areas, about=about)
            )


def _posts(users: dict[str, User], pools: dict[tuple[str, str], Pool], monday: date) -> None:
    for login, second, role, agency, mode, weekdays, kinds, place in POSTS:
        if login in users and (role, agency) in pools:
            db.session.add(DutyPost(
                pool=pools[role, agency], first=users[login], second=users.get(second or ""), mode=mode,
                weekdays=weekdays, kinds=kinds, place=place, from_time="09:00", until_time="17:00",
                first_day=monday - timedelta(weeks=8),
            ))  # fmt: skip


def _turns(users: dict[str, User], pools: dict[tuple[str, str], Pool], monday: date) -> None:
    for login, role, agency, days, mode, place in TURNS:
        if login in users and (role, agency) in pools:
            db.session.add_all(
                DutyTurn(pool=pools[role, agency], user=users[login], day=monday + timedelta(days=day), mode=mode,
                         place=place, from_time="09:00", until_time="17:00", by_id=users["director"].id, at=clock.now())
                for day in days
            )  # fmt: skip
