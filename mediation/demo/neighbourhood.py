"""What begins in the demonstration's streets: reports from the grid, public-service matters, a search through the grids."""

from __future__ import annotations

from datetime import datetime, timedelta
from zlib import crc32

from sqlalchemy import select

from mediation import clock
from mediation.cases import entry
from mediation.demo.handed_in import taken
from mediation.demo.stories import Story
from mediation.entries import entries_of
from mediation.extensions import command, db
from mediation.grid import operations as searches
from mediation.models import Agency, Case, User
from mediation.releases import current_release_hash

SEARCH = ("冬季取暖和用电安全排查", "逐户查看燃煤炉具、电热毯和飞线充电，发现隐患当场劝导，劝导不了的上报。")
FOUND = {
    "summary": "出租屋内用燃煤炉取暖，没有烟道，一氧化碳报警器未装。", "place": "和平小区 9 号楼地下室", "kind": "0203",
    "people": 4, "danger": True, "again": False, "agency_needed": True,
}  # fmt: skip


def begin(story: Story, by: User) -> Case:
    """Begin a story's case by its own flow, with the photographs of its first step."""
    opening = dict(story.opening)
    kept = {str(number): taken(caption) for number, caption in enumerate(opening.pop("pictures", []), start=1)}
    files = {
        key: {
            "name": one.name,
            "original": one.original.sha256,
            "preview": one.preview.sha256 if one.preview else None,
        }
        for key, one in kept.items()
    }
    found = entries_of(current_release_hash())[story.entry]
    answers = {**opening, "photos": list(files)}
    return entry.begin(found, answers, files, token=f"demo-{crc32(story.title.encode())}", by=by)[0].case


def search(now: datetime) -> None:
    """The search of this fortnight: one grid has found something just now, and nothing before; the other has not reported yet."""
    users = {one.login: one for one in db.session.scalars(select(User).where(User.login.in_(("dispatcher", "grid"))))}
    grids = list(db.session.scalars(select(Agency).where(Agency.kind == "community").order_by(Agency.id)))
    centre = db.session.scalars(select(Agency).where(Agency.key == "centre")).one()
    with clock.at(now - timedelta(days=6)), command():
        first = clock.today()
        last = first + timedelta(days=14)
        opened = searches.open_search(centre, *SEARCH, first, last, grids, by=users["dispatcher"])
        area = next(one for one in opened.areas if one.agency.key == "community")
    for ago, findings, places, note in (
        (timedelta(days=3), [], 38, "10 至 16 号楼，未发现隐患"),
        (timedelta(minutes=4), [FOUND], 46, "1 至 9 号楼"),
    ):
        with clock.at(now - ago), command():
            token = f"demo-search-{places}"
            searches.report(area, findings, {}, places=places, note=note, token=token, by=users["grid"])
