"""Numbers of papers: one series a body and year, none missing, none twice, whoever asks at the same moment."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from mediation.extensions import command, db
from mediation.models import Agency
from mediation.papers.numbering import DOSSIER, LETTER, next_number


def take(agency_id, series=DOSSIER, year=2026):
    return next_number(db.session.get_one(Agency, agency_id), series, year)


@pytest.fixture
def committee(house):
    return house.agencies["committee"].id


def test_numbers_begin_at_one_and_go_on(committee):
    with command():
        assert [take(committee) for _ in range(3)] == [f"（2026）青禾人调字第{n}号" for n in (1, 2, 3)]


def test_each_body_year_and_series_counts_for_itself(house, committee):
    with command():
        numbers = [
            take(committee),
            take(committee, year=2027),
            take(committee, LETTER),
            take(house.agencies["centre"].id),
        ]
    assert [number.rpartition("第")[2] for number in numbers] == ["1号"] * 4


def test_a_transaction_that_fails_gives_its_number_back(committee):
    with pytest.raises(ZeroDivisionError), command():
        _ = take(committee), 1 / 0
    with command():
        assert take(committee).endswith("第1号")


def test_many_at_once_get_every_number_once(app, committee):
    def one(index):
        with app.app_context():
            try:
                with command():
                    number = take(committee)
                    if index % 5 == 4:
                        raise RuntimeError("this one fails after it has taken a number")
                    return number
            except RuntimeError:
                return None
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        taken = [number for number in pool.map(one, range(40)) if number]
    serials = sorted(int(number.rpartition("第")[2][:-1]) for number in taken)
    assert serials == list(range(1, len(taken) + 1))
    assert max(Counter(taken).values()) == 1
