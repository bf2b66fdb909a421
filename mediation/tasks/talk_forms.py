"""The small forms beside a task: hand over, ask, send back, name a deputy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import Form, SelectField, TextAreaField, ValidationError
from wtforms.fields import DateField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from mediation import clock
from mediation.forms.options import listed
from mediation.models import User

LONGEST = 2000


def _needed(message: Any) -> InputRequired:
    return InputRequired(message)


def _at_most(length: int) -> Length:
    return Length(max=length, message=lazy_gettext("At most %(max)d characters."))


def _people(people: Sequence[User]) -> list[SelectChoice]:
    return listed([(str(one.id), one.name) for one in people], _("Choose …"))


class HandOverForm(Form):
    """To whom, and what they need to know."""

    to = SelectField(lazy_gettext("To whom"), [_needed(lazy_gettext("Choose a colleague."))])
    note = TextAreaField(
        lazy_gettext("What your colleague needs to know"), [_needed(lazy_gettext("Write a note.")), _at_most(LONGEST)]
    )

    def __init__(self, people: Sequence[User], formdata: Any = None) -> None:
        super().__init__(formdata)
        self.to.choices = _people(people)


class AskForm(Form):
    """A question to a colleague."""

    to = SelectField(lazy_gettext("Whom do you ask"), [_needed(lazy_gettext("Choose a colleague."))])
    text = TextAreaField(
        lazy_gettext("Your question"), [_needed(lazy_gettext("Write your question.")), _at_most(LONGEST)]
    )

    def __init__(self, people: Sequence[User], formdata: Any = None) -> None:
        super().__init__(formdata)
        self.to.choices = _people(people)
        self.to.description = _("Your colleague will be able to see this case, without the accounts of the sides.")


class SendBackForm(Form):
    """Why the step before has to be done again."""

    reason = TextAreaField(lazy_gettext("Reason"), [_needed(lazy_gettext("Write the reason.")), _at_most(500)])


class AwayForm(Form):
    """From when until when, and who stands in."""

    absent = SelectField(lazy_gettext("Who is away"))
    deputy = SelectField(lazy_gettext("Who stands in"), [_needed(lazy_gettext("Choose a colleague."))])
    first = DateField(lazy_gettext("First day"), [_needed(lazy_gettext("Write the first day."))])
    last = DateField(lazy_gettext("Last day"), [_needed(lazy_gettext("Write the last day."))])
    note = TextAreaField(lazy_gettext("Note"), [_at_most(500)])

    def __init__(
        self, user: User, people: Sequence[User], directed: Sequence[User], formdata: Any = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(formdata, data=data)
        myself = (str(user.id), _("I myself"))
        self.absent.choices = listed([myself, *((str(one.id), one.name) for one in directed)])
        self.deputy.choices = _people([user, *people] if directed else people)
        self.absent.hidden_now = not directed
        self.first.half = self.last.half = True
        if not directed:
            self.absent.data = str(user.id)

    def validate_last(self, field: DateField) -> None:
        first: date | None = self.first.data
        if field.data and first and field.data < first:
            raise ValidationError(_("The last day lies before the first."))
        if field.data and field.data < clock.today():
            raise ValidationError(_("This day has passed."))

    def validate_deputy(self, field: SelectField) -> None:
        if field.data == self.absent.data:
            raise ValidationError(_("Nobody stands in for himself or herself."))
