"""Functions that place a date in its year, month and week (DMN 1.3, 10.3.4.8)."""
from __future__ import annotations

from datetime import date
from decimal import Decimal

from ..budget import Run
from ..registry import builtin

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")


@builtin("day of year", "date: date|datetime")
def day_of_year(run: Run, day: date) -> Decimal:
    """The day's number in its year, from 1."""
    return Decimal(day.timetuple().tm_yday)


@builtin("day of week", "date: date|datetime")
def day_of_week(run: Run, day: date) -> str:
    """The English name of the weekday."""
    return _DAYS[day.weekday()]


@builtin("month of year", "date: date|datetime")
def month_of_year(run: Run, day: date) -> str:
    """The English name of the month."""
    return _MONTHS[day.month - 1]


@builtin("week of year", "date: date|datetime")
def week_of_year(run: Run, day: date) -> Decimal:
    """The number of the week in its year (ISO 8601)."""
    return Decimal(day.isocalendar().week)
