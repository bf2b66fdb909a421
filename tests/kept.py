"""What many tests begin with is driven once in a worker; from then on its rows are only put back, which takes a tenth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from itertools import count
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Engine, Table, event, inspect, select

from mediation import clock
from mediation.extensions import begin_reading, db
from tests import tables

Given = ParamSpec("Given")
Made = TypeVar("Made")
PLAIN = (str, bytes, int, float, bool, type(None), Decimal, date, datetime)


class CannotBeKept(TypeError):
    """Something that is neither a row nor made of rows and plain values."""


@dataclass(frozen=True)
class Standing:
    """All that lies in the tables; `number` tells one such state from another."""

    rows: Mapping[Table, tables.Rows]
    number: int = field(default_factory=count().__next__)


EMPTY = Standing({})
_now: Standing | None = None  # None: somebody has written since, and what lies there is not known
_known: dict[object, tuple[Standing, datetime, object]] = {}


@event.listens_for(Engine, "commit")
def _written(_connection: object) -> None:
    global _now
    _now = None


def empty() -> None:
    """Nothing stays in the tables but the shipped release; the session begins anew."""
    global _now
    db.session.rollback()
    begin_reading()
    tables.empty()
    db.session.remove()
    _now = EMPTY


def kept(build: Callable[Given, Made]) -> Callable[Given, Made]:
    """A function that fills the tables and commits, and does the same whenever it is called with the same arguments at the same
    time on the same tables: then its rows are put back instead. Arguments and answer are made of rows and plain values;
    given or giving anything else it is simply called anew. Whatever else it does is lost: who joins a house must come back
    in the answer."""

    @wraps(build)
    def made(*given: Given.args, **named: Given.kwargs) -> Made:
        global _now
        before = _now
        if before is None:
            return build(*given, **named)
        try:
            key = (before.number, build.__module__, build.__qualname__, clock.now(), told(given), told(named))
        except CannotBeKept:
            return build(*given, **named)
        if key in _known:
            after, moment, answer = _known[key]
            tables.put(before.rows, after.rows)
            found: Made = read(answer)
            db.session.commit()  # as the function would have left it: nothing is expired, and no transaction is open
            clock.set_clock(moment)
            _now = after
            return found
        found = build(*given, **named)
        _keep(key, before, found)
        return found

    return made


def _keep(key: object, before: Standing, found: object) -> None:
    global _now
    try:
        answer = told(found)
        rows = tables.as_they_are(before.rows)
    except CannotBeKept:
        return
    if rows is not None:
        _now = Standing(rows)
        _known[key] = (_now, clock.now(), answer)


# --- rows and what is made of them, as something that can be compared and outlives a session ---------------------------


@dataclass(frozen=True)
class Row:
    """A row by its key."""

    model: type
    key: tuple[object, ...]


def told(value: Any) -> object:
    """The value with its rows by their keys; raises CannotBeKept."""
    if isinstance(value, PLAIN):
        return type(value), value
    state = inspect(value, raiseerr=False)
    if state is not None and hasattr(state, "identity"):
        if not state.identity:
            raise CannotBeKept(value)
        return Row(type(value), tuple(state.identity))
    if is_dataclass(value) and not isinstance(value, type):
        return type(value), tuple((one.name, told(getattr(value, one.name))) for one in fields(value) if one.init)
    if isinstance(value, dict):
        return dict, tuple((told(key), told(inner)) for key, inner in value.items())
    if isinstance(value, list | tuple):
        return type(value), tuple(told(inner) for inner in value)
    raise CannotBeKept(value)


def read(answer: Any) -> Any:
    """The value again, with rows of this session."""
    db.session.rollback()
    begin_reading()
    db.session.expire_all()
    _held = list(_fetch(answer))  # the session holds its rows weakly: until they stand in the answer
    return _read(answer)


def _fetch(answer: Any) -> Iterator[object]:
    """All rows that are named, of each model at once."""
    wanted: dict[type, set[tuple[object, ...]]] = {}
    for row in _named(answer):
        wanted.setdefault(row.model, set()).add(row.key)
    for model, keys in wanted.items():
        own = inspect(model).primary_key
        if len(own) == 1:
            yield from db.session.scalars(select(model).where(own[0].in_([key[0] for key in keys])))


def _named(answer: Any) -> Iterator[Row]:
    if isinstance(answer, Row):
        yield answer
    elif isinstance(answer, tuple):
        for inner in answer:
            yield from _named(inner)


def _read(answer: Any) -> Any:
    if isinstance(answer, Row):
        return db.session.get_one(answer.model, answer.key)
    kind, content = answer
    if kind is dict:
        return {_read(key): _read(inner) for key, inner in content}
    if kind in (list, tuple):
        return kind(_read(inner) for inner in content)
    if is_dataclass(kind):
        return kind(**{name: _read(inner) for name, inner in content})
    return content
