"""How a clock was counted, in the language of the page, and why one may not be moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from mediation import clock, deadlines, words
from mediation.cases.flow_words import value_name
from mediation.clocks import ClockRefused
from mediation.models import Deadline
from mediation.requests import language


@dataclass(frozen=True)
class ClockStory:
    """A clock as the case page and the task page tell it."""

    row: Deadline
    name: str
    ground: str
    source: str
    steps: tuple[str, ...]

    @property
    def paused(self) -> bool:
        return self.row.status == "paused"


def story(row: Deadline, release_hash: str) -> ClockStory:
    """The clock with its law and, step by step, how its end was found."""
    told = {text: value_name(release_hash, "clocks", text) for text in (row.name, row.ground, row.source) if text}
    return ClockStory(
        row, told.get(row.name, ""), told.get(row.ground, ""), told.get(row.source, ""), steps(row, release_hash)
    )


def steps(row: Deadline, release_hash: str, *, texts: bool = True) -> tuple[str, ...]:
    """Start, length, days off passed over, pauses, more time, a last day that moved, and where it ends.

    Without `texts` nothing that somebody of the office typed: for the eyes of the parties.
    """
    if not row.unit:  # counted before the parts were kept
        return (row.counted,)
    return (
        _begin(row),
        *_skipped(row),
        *_pauses(row, release_hash, texts),
        *(_extension(one, release_hash, texts) for one in _known(row, "extensions")),
        *_moved(row),
        _end(row),
    )


def length(number: int, unit: str) -> str:
    """15 个工作日 / 15 working days"""
    if unit == "working":
        return ngettext("%(num)s working day", "%(num)s working days", number)
    if unit == "month":
        return ngettext("%(num)s month", "%(num)s months", number)
    if unit == "hour":
        return ngettext("%(num)s hour", "%(num)s hours", number)
    return ngettext("%(num)s day", "%(num)s days", number)


def _begin(row: Deadline) -> str:
    span = length(row.length, row.unit)
    if row.started_at:
        moment = words.moment(row.started_at)
        return _("From %(moment)s on, %(length)s by the clock, nights and days off too", moment=moment, length=span)
    return _("From %(day)s on, that day not counted: %(length)s", day=words.day(row.started_on), length=span)


def _skipped(row: Deadline) -> list[str]:
    skipped = dict((row.reckoning or {}).get("skipped") or {})
    parts = (
        [ngettext("%(num)s day of weekends", "%(num)s days of weekends", skipped.pop(""))] if skipped.get("") else []
    )
    parts += [
        ngettext("%(name)s (%(num)s day)", "%(name)s (%(num)s days)", number, name=_day_name(name))
        for name, number in skipped.items()
    ]
    return [_("Not counted: %(days)s", days=_(", ").join(parts))] if parts else []


def _pauses(row: Deadline, release_hash: str, texts: bool) -> list[str]:
    told: list[str] = []
    for pause in _known(row, "pauses"):
        begin = words.day(datetime.fromisoformat(pause["begin"]))
        why = _said(release_hash, pause["reason"])
        if pause["end"]:
            end = words.day(datetime.fromisoformat(pause["end"]))
            told.append(_("Stood still from %(begin)s to %(end)s: %(reason)s", begin=begin, end=end, reason=why))
        else:
            told.append(_("Stands still since %(begin)s: %(reason)s", begin=begin, reason=why))
        told += [_("Evidence: %(text)s", text=_said(release_hash, text)) for text in pause["evidence"] if texts]
    return told


def _said(release_hash: str, text: str) -> str:
    """A flow's own words have a translation; what somebody typed is told as it was typed."""
    return value_name(release_hash, "clocks", text)


def _known(row: Deadline, part: str) -> list[Mapping[str, Any]]:
    return list((row.reckoning or {}).get(part) or [])


def _extension(one: Mapping[str, Any], release_hash: str, texts: bool) -> str:
    until = date.fromisoformat(one["until"]) if one["until"] else None
    more = (
        _("to %(day)s", day=words.day(until))
        if until
        else _("by %(length)s", length=length(one["length"], one["unit"]))
    )
    told = _("Extended on %(day)s %(more)s", day=words.day(date.fromisoformat(one["on"])), more=more)
    if one["agreed"]:
        told += _("; agreed: %(names)s", names=_(", ").join(one["agreed"]))
    if one["authority"]:
        told += _("; approved by %(who)s", who=_said(release_hash, one["authority"]))
    reason = _said(release_hash, one["reason"]) if texts else ""
    return told + (_("; reason: %(reason)s", reason=reason) if reason else "")


def _moved(row: Deadline) -> list[str]:
    known = row.reckoning or {}
    if not known.get("moved_from"):
        return []
    day, name = date.fromisoformat(known["moved_from"]), _day_name(known.get("moved_by") or "")
    if name:
        return [
            _(
                "The last day would be %(day)s, %(name)s: it moves to the next working day",
                day=words.day(day),
                name=name,
            )
        ]
    return [_("The last day would be %(day)s, a day off: it moves to the next working day", day=words.day(day))]


def _end(row: Deadline) -> str:
    if row.status == "paused":
        return _("While it stands still, its end is not known")
    day, moment = words.due_day(row.due_at), clock.local(row.due_at)
    if row.unit == "hour" or row.closes:
        return _("Ends on %(day)s at %(time)s", day=day, time=moment.strftime("%H:%M"))
    return _("Ends on %(day)s at 24:00", day=day)


def _day_name(name: str) -> str:
    return deadlines.english_day_name(name) if language() == "en" else name


def refusal(refused: ClockRefused, release_hash: str) -> str:
    """Why a clock may not pause or be extended, as a sentence for the person who asked."""
    name, told = value_name(release_hash, "clocks", refused.clock), refused.details
    if refused.code == "extended-before":
        once = _("“%(name)s” can be extended once only.", name=name)
        return once if told["times"] == 1 else _("“%(name)s” was extended as often as is allowed.", name=name)
    if refused.code == "consent":
        return _("“%(name)s” needs the consent of %(needed)s sides; %(given)s agreed.", name=name, **told)
    if refused.code == "not-later":
        return _("Choose a day after %(day)s.", day=told["ends"].isoformat())
    if refused.code == "too-long":
        most, day = length(told["longest"], told["unit"]), told["latest"].isoformat()
        return _("“%(name)s” can be extended by %(length)s at most, to %(day)s.", name=name, length=most, day=day)
    return {
        "none-runs": _("No such clock runs for this case: %(name)s.", name=name),
        "no-pause": _("The law knows no pause for “%(name)s”.", name=name),
        "not-running": _("“%(name)s” is not running.", name=name),
        "not-paused": _("“%(name)s” does not stand still.", name=name),
        "no-extension": _("“%(name)s” cannot be extended.", name=name),
        "paused": _("“%(name)s” stands still; resume it before it is extended.", name=name),
        "authority": _("“%(name)s” is extended only with approval: say who approved it.", name=name),
        "how-long": _("Say by how much “%(name)s” is extended.", name=name),
    }[refused.code]
