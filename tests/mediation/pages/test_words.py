"""Deadlines, moments and amounts as people read them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from mediation import clock, words

# 10:00 on Saturday 21 November 2026 in Shanghai.
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
MIDNIGHT_AFTER_THE_24TH = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def saturday_morning(bare_app):
    with clock.at(NOW):
        yield


@pytest.mark.parametrize(
    ("due", "said", "over"),
    [
        (date(2026, 11, 24), "3 days left", False),
        (date(2026, 11, 22), "1 day left", False),
        (date(2026, 11, 21), "due today", False),
        (date(2026, 11, 19), "2 days over", True),
        (MIDNIGHT_AFTER_THE_24TH, "3 days left", False),
        (datetime(2026, 11, 21, 1, 0, tzinfo=UTC), "over since today", True),
        (datetime(2026, 11, 21, 3, 0, tzinfo=UTC), "due today", False),
        (None, "no deadline", False),
    ],
)
def test_a_deadline_is_said_in_days(due, said, over):
    assert words.due_words(due) == said
    assert words.overdue(due) is over


def test_the_last_day_of_a_period_that_ends_at_midnight_is_the_day_before():
    assert words.due_day(MIDNIGHT_AFTER_THE_24TH) == "2026-11-24 (Tue)"
    assert words.day(MIDNIGHT_AFTER_THE_24TH) == "2026-11-25 (Wed)"


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (datetime(2026, 11, 21, 1, 59, 40, tzinfo=UTC), "just now"),
        (datetime(2026, 11, 21, 1, 57, tzinfo=UTC), "3 minutes ago"),
        (datetime(2026, 11, 20, 23, 0, tzinfo=UTC), "today 07:00"),
        (datetime(2026, 11, 20, 2, 21, tzinfo=UTC), "yesterday 10:21"),
        (datetime(2026, 11, 1, 2, 21, tzinfo=UTC), "2026-11-01 10:21"),
        (datetime(2026, 11, 21, 1, 57), "3 minutes ago"),  # SQLite gives times without a zone
    ],
)
def test_the_past_is_said_as_one_would_say_it(when, said):
    assert words.ago(when) == said


@pytest.mark.parametrize(
    ("number", "shown"),
    [("370202197001011234", "3702**********1234"), ("12345678", "********"), ("", "—"), (None, "—")],
)
def test_an_identity_number_is_shown_at_its_ends(number, shown):
    assert words.masked_id(number) == shown


def test_money_counts_and_telephones():
    assert words.money(Decimal("12000")) == "¥ 12,000.00"
    assert [words.capped(count) for count in (0, 99, 100, None)] == ["0", "99", "99+", "0"]
    assert words.masked_phone("13800138000") == "138****8000"
    assert words.masked_phone("110") == "***"
