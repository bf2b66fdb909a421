"""The forms of a search: what is searched in which grids, and what a grid found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from mediation import codes
from mediation.cases import brought
from mediation.cases.forms import DateEntry, Form, at_most, needed
from mediation.forms.controls import UploadsFileField

MOST_FINDINGS = 30
NOT_A_NUMBER = lazy_gettext("Write a number.")


class WholeNumber(IntegerField):
    """A whole number; what is none says so in the language of the page."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None
            raise ValueError(str(NOT_A_NUMBER)) from None


class SearchForm(Form):
    """A search: its name, what is looked for, when and where."""

    name = StringField(lazy_gettext("Name of the search"), [needed(), at_most(80)])
    subject = TextAreaField(lazy_gettext("What is searched for, and how"), [needed(), at_most(1000)])
    from_on = DateEntry(lazy_gettext("First day of the search"), [needed()])
    until_on = DateEntry(lazy_gettext("Last day of the search"), [needed()])
    grids = SelectMultipleField(
        lazy_gettext("Grids"), [needed(lazy_gettext("Choose at least one grid."))],
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )  # fmt: skip

    def __init__(self, grids: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grids.choices = list(grids)
        self.from_on.half = self.until_on.half = True


class FindingEntry(Form):
    """One finding: what the first step of a report from the grid asks for."""

    photos = UploadsFileField(lazy_gettext("Photographs"), render_kw={"accept": "image/*"})
    summary = TextAreaField(lazy_gettext("What was found"), [needed(), at_most(2000)])
    place = StringField(lazy_gettext("Place"), [needed(), at_most(200)])
    kind = SelectField(lazy_gettext("Kind"))
    people = WholeNumber(
        lazy_gettext("Persons concerned"), [needed(), NumberRange(1, 100_000, NOT_A_NUMBER)], default=1
    )
    danger = BooleanField(lazy_gettext("Persons are in danger"))
    agency_needed = BooleanField(lazy_gettext("An agency or a property company is needed"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(key, name) for key, name in codes.choices("kinds") if len(key) > 2]
        self.summary.multiline_rows = 2


class ReportForm(Form):
    """What a grid worker reports; without findings it says that nothing was found."""

    places = WholeNumber(
        lazy_gettext("Households, shops or sites looked at"), [needed(), NumberRange(0, 100_000, NOT_A_NUMBER)]
    )
    findings = FieldList(FormField(FindingEntry), lazy_gettext("What this grid found"), max_entries=MOST_FINDINGS)
    note = TextAreaField(lazy_gettext("Remarks of the grid"), [at_most(1000)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.findings.description = _("None: nothing was found. Each finding becomes a case of its own.")
        self.findings.add_label = _("Add a finding")

    def redrawn(self, sent: MultiDict[str, str]) -> bool:
        """Add or remove a row; True when the request only asks to draw the form again."""
        if sent.get("_add") == "findings" and len(self.findings.entries) < MOST_FINDINGS:
            self.findings.append_entry()
        self.findings.entries[:] = [one for one in self.findings.entries if one.name != sent.get("_remove")]
        return bool({"_add", "_remove", "_redraw"} & set(sent))

    def uploads(self) -> list[UploadsFileField]:
        """The controls for photographs, one a finding."""
        return [entry.form.photos for entry in self.findings]

    def keep(self, files: brought.Files) -> bool:
        """Keep the photographs that came with this request; True when there were any. One that is refused is an error."""
        found = brought.keep(self.uploads(), files)
        if any(control.errors for control in self.uploads()):
            self.findings.errors = [entry.errors for entry in self.findings]
        return found

    def answers(self) -> list[dict[str, Any]]:
        """The findings as the first step of the flow gives its answers; photographs by the numbers of their files."""
        told = ("summary", "place", "kind", "people", "danger", "agency_needed")
        return [
            {key: entry.form[key].data for key in told} | {"again": False, "photos": list(entry.form.photos.kept)}
            for entry in self.findings
        ]
