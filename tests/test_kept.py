"""What was driven once and put back is what driving it again would have made."""

from __future__ import annotations

from sqlalchemy import select

from mediation import clock
from mediation.cases.operations import Registered, register_dispute
from mediation.extensions import command, db
from mediation.models import Case
from tests import kept
from tests.house import House, build_house
from tests.mediation.portal.conftest import dispute
from tests.security.rows import snapshot

DRIVEN: list[str] = []


@kept.kept
def registered(house: House, summary: str) -> Registered:
    DRIVEN.append(summary)
    with command():
        return register_dispute(dispute(summary=summary), by=house.users["clerk"])


def test_the_rows_are_those_that_were_driven(app: object) -> None:
    found = []
    for _time in range(2):
        kept.empty()
        made = registered(kept.kept(build_house)(), "楼上漏水，屋顶'滴水'")
        found.append((made.case.code, made.codes, [party.name for party in made.case.parties], snapshot()))
    assert found[0] == found[1]
    assert DRIVEN == ["楼上漏水，屋顶'滴水'"]


def test_other_words_another_time_and_other_tables_are_driven_anew(app: object) -> None:
    DRIVEN.clear()
    kept.empty()
    house = kept.kept(build_house)()
    for summary in ("一", "二"):
        registered(house, summary)
    clock.set_clock(clock.now().replace(hour=3))
    registered(house, "一")
    with command():
        db.session.scalars(select(Case)).first().title = "已改"
    registered(house, "一")
    assert DRIVEN == ["一", "二", "一", "一"]
