"""The form in which a joint meeting is booked by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import (
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from mediation import clock, codes
from mediation.cases.forms import Form, at_most, needed
from mediation.meetings import booking, queries
from mediation.meetings.bindings import parties_of, room_words
from mediation.meetings.operations import Called
from mediation.models import Case
from mediation.words import named


class SelectMultipleBoxes(SelectMultipleField):
    """Several of a list, each with a box; the pages know it by the beginning of its name."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class BookingForm(Form):
    """When, where, about what, and who is asked to the table."""

    title = StringField(lazy_gettext("Subject of the meeting"), [needed(), at_most(120)])
    starts_at = DateTimeLocalField(
        lazy_gettext("Begins"), [needed(lazy_gettext("Choose day and time."))], format="%Y-%m-%dT%H:%M"
    )
    duration = IntegerField(
        lazy_gettext("Length (minutes)"),
        [needed(), NumberRange(15, 480, lazy_gettext("Between 15 minutes and 8 hours."))],
    )
    room = SelectField(lazy_gettext("Room"))
    place = StringField(lazy_gettext("Place, where it is no room of ours"), [at_most(100)])
    mode = RadioField(lazy_gettext("How"), [needed()])
    agencies = SelectMultipleBoxes(lazy_gettext("Agencies in the room"))
    remote = SelectMultipleBoxes(lazy_gettext("Agencies by telephone or video"))
    parties = SelectMultipleBoxes(lazy_gettext("Parties"))
    guests = TextAreaField(lazy_gettext("Others, one in a line"), [at_most(600)])

    def __init__(self, case: Case, **kwargs: Any) -> None:
        start = clock.local(clock.now()).replace(hour=9, minute=0, second=0, microsecond=0, tzinfo=None) + timedelta(
            days=2
        )
        kwargs.setdefault("data", {"starts_at": start, "duration": 90, "mode": "room", "title": _("Joint meeting")})
        super().__init__(**kwargs)
        self.case, self._agencies = case, {agency.key: agency for agency in queries.agencies_to_invite(case)}
        self.room.choices = [("", _("No room of ours")), *((str(r.id), room_words(r)) for r in booking.rooms_for(case))]
        self.mode.choices = codes.choices("modes")
        for field in (self.agencies, self.remote):
            field.choices = [(key, named(agency)) for key, agency in self._agencies.items()]
        self.parties.choices = [(str(party.id), party.name) for party in parties_of(case)]
        for field in (self.starts_at, self.duration, self.room, self.place):
            field.half = True
        self.guests.multiline_rows = 3

    def called(self) -> Called:
        """What `call_joint` takes. An agency that is ticked twice comes into the room."""
        far = "video" if self.mode.data == "video" else "telephone"
        ways = {key: far for key in self.remote.data or ()} | {key: self.mode.data for key in self.agencies.data or ()}
        starts_at = self.starts_at.data.replace(tzinfo=clock.SHANGHAI)
        room = booking.room_of(self.case, self.room.data)
        chosen = set(self.parties.data or ())
        return Called(
            title=self.title.data, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=self.duration.data),
            place=(self.place.data or (f"{room.agency.name} {room.name}" if room else self.case.agency.name))[:120],
            room=room, mode=self.mode.data, agencies=[(self._agencies[key], way) for key, way in sorted(ways.items())],
            parties=[party for party in parties_of(self.case) if str(party.id) in chosen],
            guests=[line.strip() for line in (self.guests.data or "").splitlines() if line.strip()],
        )  # fmt: skip

    def validate_agencies(self, field: SelectMultipleBoxes) -> None:
        if not (field.data or self.remote.data or self.parties.data):
            raise ValidationError(_("Ask somebody to come."))


def moment_of(day: str | None) -> datetime | None:
    """00:00 of a day written as 2026-11-23; None for anything else."""
    try:
        return clock.start_of(datetime.strptime(day or "", "%Y-%m-%d").date())
    except (ValueError, OverflowError):
        return None
