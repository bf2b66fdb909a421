"""Says dates, periods and amounts the way people here read them, in the language of the page."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import func, literal_column

from mediation import clock

NOTHING = "—"
MOST_COUNTED = 99


def local(moment: datetime) -> datetime:
    """Return a moment in local time; what has no zone is UTC, as SQLite gives it."""
    return clock.local(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def as_day(due: date | datetime) -> date:
    """Return the local day of a date or moment; 24:00 of a day, where a statutory period ends, belongs to that day."""
    if not isinstance(due, datetime):
        return due
    return (local(due) - timedelta(microseconds=1)).date()


def weekday(day: date) -> str:
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return names[day.weekday()]


def day(value: date | datetime | None) -> str:
    """2026-11-24 (周二)"""
    if value is None:
        return NOTHING
    day_ = local(value).date() if isinstance(value, datetime) else value
    return f"{day_.isoformat()} ({weekday(day_)})"


def due_day(value: date | datetime | None) -> str:
    """The day on which a period ends: its 24:00 is not the next day."""
    return NOTHING if value is None else day(as_day(value))


def moment(value: datetime | None) -> str:
    """2026-11-24 10:21"""
    return NOTHING if value is None else local(value).strftime("%Y-%m-%d %H:%M")


def clock_time(value: datetime | None) -> str:
    """10:21"""
    return NOTHING if value is None else local(value).strftime("%H:%M")


def ago(value: datetime | None) -> str:
    """A past moment as one would say it: minutes, then hours, then yesterday, then the date."""
    if value is None:
        return NOTHING
    then, now = local(value), local(clock.now())
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return ngettext("%(num)s minute ago", "%(num)s minutes ago", minutes)
    if then.date() == now.date():
        return _("today %(time)s", time=then.strftime("%H:%M"))
    if then.date() == now.date() - timedelta(days=1):
        return _("yesterday %(time)s", time=then.strftime("%H:%M"))
    return moment(value)


def days_left(due: date | datetime | None) -> int | None:
    """Whole days to the last day of a period; 0 is today, negative is overdue."""
    return None if due is None else (as_day(due) - clock.today()).days


def due_words(due: date | datetime | None) -> str:
    """还剩 3 天 / 今天到期 / 已超 2 天"""
    left = days_left(due)
    if left is None:
        return _("no deadline")
    if left < 0:
        return ngettext("%(num)s day over", "%(num)s days over", -left)
    if left == 0:
        return _("due today") if not _has_passed(due) else _("over since today")
    return ngettext("%(num)s day left", "%(num)s days left", left)


def _has_passed(due: date | datetime | None) -> bool:
    return isinstance(due, datetime) and local(due) < local(clock.now())


def overdue(due: date | datetime | None) -> bool:
    left = days_left(due)
    return left is not None and (left < 0 or _has_passed(due))


def money(amount: Decimal | int | str | None) -> str:
    """¥ 12,000.00; a string is an amount as JSON keeps it."""
    return NOTHING if amount is None else f"¥ {Decimal(amount):,.2f}"


def capped(count: int | None) -> str:
    """A count as a badge shows it: 99+ says enough, and the database need not count further."""
    return f"{MOST_COUNTED}+" if (count or 0) > MOST_COUNTED else str(count or 0)


def masked_id(number: str | None) -> str:
    """Four characters at each end are enough to compare with a card on the counter."""
    if not number:
        return NOTHING
    return "*" * len(number) if len(number) <= 8 else number[:4] + "*" * (len(number) - 8) + number[-4:]


def masked_phone(number: str | None) -> str:
    if not number:
        return NOTHING
    return "*" * len(number) if len(number) < 8 else number[:3] + "****" + number[-4:]


def named(one: Any) -> str:
    """What an agency or a person who works here is called in the language of the page; nothing for nobody."""
    if one is None:
        return ""
    return str((one.name_en if _in_english() else "") or one.name)


def named_column(model: Any) -> Any:
    """The same as a column to select and to group by; without bound values, which PostgreSQL would take for two."""
    return func.coalesce(func.nullif(model.name_en, literal_column("''")), model.name) if _in_english() else model.name


def _in_english() -> bool:
    locale = get_locale()
    return locale is not None and locale.language == "en"


def init_app(app: Flask) -> None:
    """Give the templates these words as filters."""
    app.jinja_env.filters.update(
        day=day, due_day=due_day, moment=moment, clock=clock_time, ago=ago, days_left=days_left, due_words=due_words,
        overdue=overdue, money=money, capped=capped, masked_id=masked_id, masked_phone=masked_phone,
        named=named,
    )  # fmt: skip
    app.jinja_env.globals.update(today=clock.today)
