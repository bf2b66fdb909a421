"""The forms of the case pages that are not tasks: registering, correcting, handing in, ending."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FieldList,
    FormField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from mediation import clock, codes
from mediation.cases import facts
from mediation.models import Case, Party, User

REQUIRED = lazy_gettext("Please fill this in.")
TOO_LONG = lazy_gettext("At most %(max)d characters.")
NOT_A_DAY = lazy_gettext("This is not a day. Write it as 2026-11-21.")
NOT_AN_AMOUNT = lazy_gettext("This is not an amount. Write it as 12000 or 12000.50.")
HERE = frozenset({"_add", "_remove", "_redraw"})


class Form(FlaskForm):
    """CSRF is checked for every POST of the application, so no form repeats it."""

    class Meta:
        csrf = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The macros compare texts: what is translated late is translated now.
        for field in self:
            field.label.text = str(field.label.text)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        valid = super().validate(*args, **kwargs)
        for field in self:
            if isinstance(field.errors, list | tuple):
                field.errors = [one if isinstance(one, list | dict) else str(one) for one in field.errors]
        return bool(valid)


def needed(message: Any = REQUIRED) -> InputRequired:
    return InputRequired(message)


def at_most(length: int) -> Length:
    return Length(max=length, message=TOO_LONG)


class DateEntry(DateField):
    """A day; an empty one is None, and what is no day says so."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = (valuelist[0] if valuelist else "").strip()
        try:
            self.data = date.fromisoformat(text) if text else None
        except ValueError:
            self.data = None
            raise ValueError(str(NOT_A_DAY)) from None


class DecimalAmount(DecimalField):
    """Yuan, with or without commas."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            self.data = facts.money(valuelist[0] if valuelist else "")
        except ValueError:
            self.data = None
            raise ValueError(str(NOT_AN_AMOUNT)) from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:.2f}".removesuffix(".00")


def past(_form: Form, field: DateEntry) -> None:
    """What happened did not happen in the future."""
    if field.data and field.data > clock.today():
        raise ValidationError(_("This day is still to come."))


def phone_number(_form: Form, field: TelField) -> None:
    if field.data and not 5 <= len(facts.digits(field.data)) <= 20:
        raise ValidationError(_("This is not a telephone number."))


def amount_limits(_form: Form, field: DecimalAmount) -> None:
    if field.data is not None and not 0 <= field.data < 10**11:
        raise ValidationError(_("The amount cannot be right."))


class PartyEntry(Form):
    """One party as it is registered."""

    side = SelectField(lazy_gettext("Side"))
    kind = SelectField(lazy_gettext("Person or organisation"))
    name = StringField(lazy_gettext("Full name"), [needed(lazy_gettext("Write the name.")), at_most(120)])
    phone = TelField(lazy_gettext("Telephone"), [Optional(), at_most(40), phone_number])
    id_number = StringField(lazy_gettext("Identity number"), [Optional(), at_most(40)])
    birth_date = DateEntry(lazy_gettext("Date of birth"), [past])
    sex = SelectField(lazy_gettext("Sex"))
    occupation = StringField(lazy_gettext("Occupation"), [at_most(60)])
    address = StringField(lazy_gettext("Address"), [at_most(200)])
    service_address = StringField(lazy_gettext("Address for service"), [at_most(200)])
    protected = BooleanField(lazy_gettext("Keep the address from the other side"))
    interpreter = SelectField(lazy_gettext("Needs an interpreter"))
    statement = TextAreaField(lazy_gettext("This side's own account"), [at_most(5000)])
    rep_kind = SelectField(lazy_gettext("Somebody acts for this party"))
    rep_name = StringField(lazy_gettext("Name of who acts"), [at_most(60)])
    rep_phone = TelField(lazy_gettext("Telephone of who acts"), [Optional(), at_most(40), phone_number])
    rep_relation = StringField(lazy_gettext("Relation to the party"), [at_most(60)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.side.choices = codes.choices("sides")
        self.kind.choices = codes.choices("party_kinds")
        self.sex.choices = [("", "—"), *codes.choices("sexes")]
        self.interpreter.choices = [("", _("No")), *codes.choices("interpreters")]
        self.rep_kind.choices = [("", _("Nobody")), *codes.choices("representatives")]
        for field in (self.side, self.kind, self.phone, self.id_number, self.birth_date, self.sex, self.interpreter):
            field.half = True
        self.statement.multiline_rows = 3
        self.statement.description = _("It stays behind this side's wall: the other side never sees it.")

    def validate_id_number(self, field: StringField) -> None:
        """A number of eighteen digits is a resident identity card's: its last place must fit the others."""
        number = (field.data or "").strip().upper()
        if (
            self.kind.data == "person"
            and len(number) == 18
            and number[:17].isdigit()
            and not facts.is_identity_card(number)
        ):
            raise ValidationError(_("A digit of this identity number is wrong: the last place does not fit."))

    def validate_rep_name(self, field: StringField) -> None:
        if self.rep_kind.data and not (field.data or "").strip():
            raise ValidationError(_("Write the name."))

    def answers(self) -> dict[str, Any]:
        """What `facts.write_party` takes."""
        own = {key: value for key, value in self.data.items() if not key.startswith("rep_")}
        acting = {"kind": self.rep_kind.data, "name": self.rep_name.data, "phone": self.rep_phone.data,
                  "relation": self.rep_relation.data}  # fmt: skip
        return own | {"representatives": [acting] if self.rep_kind.data else []}


class RegistrationForm(Form):
    """A dispute at the window: what happened, who, what is asked for, how it came in."""

    summary = TextAreaField(
        lazy_gettext("What happened"), [needed(lazy_gettext("Say in a few sentences what happened.")), at_most(2000)]
    )
    kind = SelectField(
        lazy_gettext("Kind of dispute"), [needed(lazy_gettext("Choose a kind of dispute from the list."))]
    )
    happened_on = DateEntry(lazy_gettext("Day it happened"), [past])
    place = StringField(lazy_gettext("Place"), [at_most(200)])
    people_count = IntegerField(
        lazy_gettext("People concerned"),
        [Optional(), NumberRange(1, 100000, lazy_gettext("Write a number of people."))],
    )
    parties = FieldList(FormField(PartyEntry), label=lazy_gettext("Parties"), min_entries=2, max_entries=30)
    claims = TextAreaField(
        lazy_gettext("What is asked for"), [needed(lazy_gettext("Say what this side asks for.")), at_most(2000)]
    )
    amount = DecimalAmount(lazy_gettext("Amount"), [amount_limits])
    written_requested = BooleanField(lazy_gettext("A side asks for a written agreement"))
    source = SelectField(lazy_gettext("How it came in"), [needed()])
    domestic_violence = BooleanField(lazy_gettext("Signs of violence in the family"))
    commercial = BooleanField(lazy_gettext("A commercial dispute between businesses"))
    source_number = StringField(lazy_gettext("Number of the letter it came with"), [at_most(60)])
    signs = SelectMultipleField(
        lazy_gettext("Signs of risk"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("data", {"parties": [{"side": "applicant"}, {"side": "respondent"}], "source": "window"})
        super().__init__(*args, **kwargs)
        self.kind.choices = {"": [("", _("Choose …"))], **dict(codes.kind_groups())}
        self.source.choices = codes.choices("sources")
        self.signs.choices = codes.choices("signs")
        self.amount.suffix_text = _("yuan")
        self.parties.add_label = _("Add a party")
        for field in (
            self.happened_on,
            self.people_count,
            self.amount,
            self.kind,
            self.place,
            self.source,
            self.source_number,
        ):
            field.half = True
        self.sections = [
            (_("What happened"), None, ["summary", "kind", "happened_on", "place", "people_count"]),
            (_("Who"), _("People who are already known are shown while you write."), ["parties"]),
            (_("What is asked for"), None, ["claims", "amount", "written_requested"]),
            (_("How it came in"), None, ["source", "source_number", "commercial"]),
            (_("Risk"), _("What you tick here weighs in the triage."), ["domestic_violence", "signs"]),
        ]

    def validate_parties(self, field: FieldList) -> None:
        sides = {entry.form.side.data for entry in field}
        if not {"applicant", "respondent"} <= sides:
            raise ValidationError(_("A dispute has an applicant and another side."))

    def answers(self) -> dict[str, Any]:
        """What `operations.register_dispute` takes."""
        own = {key: value for key, value in self.data.items() if key != "parties"}
        return own | {"parties": [entry.form.answers() for entry in self.parties]}


def rows_changed(form: Form, sent: MultiDict[str, str]) -> bool:
    """Add or remove the row that a button asked for; True when the POST only asks to draw the form again."""
    for name, field in form._fields.items():
        if (
            sent.get("_add") == name
            and isinstance(field, FieldList)
            and len(field.entries) < (field.max_entries or 100)
        ):
            field.append_entry()
        if isinstance(field, FieldList):
            _remove_row(field, sent.get("_remove", ""))
    return bool(HERE & set(sent))


def _remove_row(field: FieldList, name: str) -> None:
    kept = [entry for entry in field.entries if entry.name != name]
    if len(kept) >= 1:
        field.entries[:] = kept


class ReasonForm(Form):
    """A reason, and that is all."""

    reason = TextAreaField(lazy_gettext("Reason"), [needed(lazy_gettext("Write the reason.")), at_most(500)])


class EndForm(ReasonForm):
    """Who ends mediation, and why."""

    who = RadioField(lazy_gettext("Who ends it"), [needed(lazy_gettext("Choose who ends it."))])

    def __init__(self, listed: list[Party], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.who.choices = [
            *((str(p.id), f"{p.name} ({codes.name('sides', p.side)})") for p in listed),
            ("mediator", _("The mediator")),
        ]


class MoreTimeForm(ReasonForm):
    """Who asks for more time, and why."""

    who = RadioField(lazy_gettext("Who asks for it"), [needed(lazy_gettext("Choose who asks for it."))])

    def __init__(self, listed: list[Party], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.who.choices = [
            *((str(p.id), f"{p.name} ({codes.name('sides', p.side)})") for p in listed),
            ("mediator", _("The mediator")),
        ]


class StatementForm(Form):
    """One party's own account, or its request to the centre."""

    party = RadioField(lazy_gettext("Whose account"), [needed(lazy_gettext("Choose whose account it is."))])
    kind = SelectField(lazy_gettext("What it is"))
    text = TextAreaField(lazy_gettext("In the party's own words"), [needed(), at_most(10000)])

    def __init__(self, listed: list[Party], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party.choices = [(str(p.id), p.name) for p in listed]
        self.kind.choices = [code for code in codes.choices("statement_kinds") if code[0] != "enquiry"]
        self.text.multiline_rows = 10


class UploadForm(Form):
    """Files that somebody handed in."""

    files = MultipleFileField(lazy_gettext("Files"), [needed(lazy_gettext("Choose a file."))])
    party = SelectField(lazy_gettext("Handed in by"))
    purpose = SelectField(lazy_gettext("What it is"))
    shared = BooleanField(lazy_gettext("Both sides may see it"))

    def __init__(self, listed: list[Party], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.party.choices = [("", _("The centre")), *((str(p.id), p.name) for p in listed)]
        self.purpose.choices = codes.choices("purposes")
        self.files.description = _("PDF, photographs (also HEIC), recordings, Word, Excel, text.")


class ConflictForm(ReasonForm):
    """A tie between a colleague and the case."""

    user = SelectField(lazy_gettext("Who"), [needed(lazy_gettext("Choose who."))])

    def __init__(self, people: list[User], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.user.choices = [("", _("Choose …")), *((str(one.id), one.name) for one in people)]


class AnotherMediatorForm(Form):
    """Who mediates instead, how that came about, and why."""

    mediator = SelectField(lazy_gettext("Mediator"), [needed(lazy_gettext("Choose who."))])
    chosen_by = RadioField(lazy_gettext("Appointed or chosen by"), [needed()], default="committee")
    reason = TextAreaField(lazy_gettext("Reason"), [needed(lazy_gettext("Write the reason.")), at_most(500)])

    def __init__(self, people: list[tuple[User, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mediator.choices = [("", _("Choose …")), *((one.login, words) for one, words in people)]
        self.chosen_by.choices = [
            ("committee", _("The committee")),
            ("parties", _("All parties together")),
            ("one_accepted", _("One side; the other accepts")),
            ("court", _("The court")),
        ]


class RepresentativeForm(Form):
    """Who acts for a party."""

    kind = SelectField(lazy_gettext("Acts as"))
    name = StringField(lazy_gettext("Name"), [needed(lazy_gettext("Write the name.")), at_most(60)])
    phone = TelField(lazy_gettext("Telephone"), [Optional(), at_most(40), phone_number])
    relation = StringField(lazy_gettext("Relation to the party"), [at_most(60)])
    authority = TextAreaField(lazy_gettext("Authority"), [at_most(500)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = codes.choices("representatives")


def correction_form(subject: Case | Party, field: str, label: str) -> Form:
    """A form for one fact, filled with what is registered now, and the reason for correcting it."""
    made: Callable[[], Any] = _CORRECTED.get(field, lambda: StringField(validators=[at_most(200)]))
    control = made()
    control.kwargs["label"] = label
    form_class = type("CorrectionForm", (ReasonForm,), {"new": control})
    # What is masked elsewhere is not laid open here: it is typed anew.
    form: Form = form_class(data={} if field in _MASKED else {"new": getattr(subject, field)})
    if field in _LISTS:
        form.new.choices = _LISTS[field]()
    form.sections = [(None, None, ["new", "reason"])]
    return form


_CORRECTED: dict[str, Callable[[], Any]] = {
    "summary": lambda: TextAreaField(validators=[needed(), at_most(2000)]),
    "claims": lambda: TextAreaField(validators=[needed(), at_most(2000)]),
    "title": lambda: StringField(validators=[needed(), at_most(200)]),
    "name": lambda: StringField(validators=[needed(lazy_gettext("Write the name.")), at_most(120)]),
    "kind": lambda: SelectField(validators=[needed()]),
    "source": lambda: SelectField(validators=[needed()]),
    "sex": lambda: SelectField(),
    "interpreter": lambda: SelectField(),
    "amount": lambda: DecimalAmount(validators=[amount_limits]),
    "happened_on": lambda: DateEntry(validators=[past]),
    "birth_date": lambda: DateEntry(validators=[past]),
    "people_count": lambda: IntegerField(
        validators=[needed(), NumberRange(1, 100000, lazy_gettext("Write a number of people."))]
    ),
    "phone": lambda: TelField(validators=[needed(), at_most(40), phone_number]),
    "id_number": lambda: StringField(validators=[needed(), at_most(40)]),
}
_MASKED = frozenset({"id_number", "phone"})
_LISTS: dict[str, Callable[[], Any]] = {
    "kind": lambda: dict(codes.kind_groups()),
    "source": lambda: codes.choices("sources"),
    "sex": lambda: [("", "—"), *codes.choices("sexes")],
    "interpreter": lambda: [("", _("No")), *codes.choices("interpreters")],
}
