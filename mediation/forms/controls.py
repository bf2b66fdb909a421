"""One WTForms field for each kind of question. They keep what was typed; judging it is `workflows.answers.check`'s."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms import (
    Field as Control,
)
from wtforms.fields.core import UnboundField
from wtforms.widgets import CheckboxInput, DateInput, DateTimeLocalInput, ListWidget, TimeInput

from mediation import clock
from mediation.forms.options import Choices, flat, listed
from workflows.form_model import Field

# A long text gets more lines to begin with.
LONG_TEXT = 1000
SHORT_TEXT = 40
_UNIT_IN_LABEL = re.compile(r"\s*[（(](?:元|yuan)[)）]\s*$")


class TextBlock(Control):
    """A sentence between questions; it takes no answer."""

    text = ""
    heading = False

    def process(self, *_args: Any, **_kwargs: Any) -> None:
        self.data = None

    def process_formdata(self, _values: list[str]) -> None:
        """Nothing is ever sent for it."""


class HiddenText(HiddenField):
    """A value that travels along: which row is meant. Drawn as a hidden input whatever the macros think of its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type = "HiddenField"


class DecimalText(StringField):
    """A number as it was typed; a known one is shown without needless zeros."""

    def _value(self) -> str:
        if isinstance(self.data, Decimal):
            return f"{self.data:f}".removesuffix(".00")
        return str(self.data) if self.data is not None else ""


class DateText(StringField):
    """A day."""

    widget = DateInput()

    def _value(self) -> str:
        if isinstance(self.data, datetime):
            return clock.local(self.data).date().isoformat()
        return self.data.isoformat() if isinstance(self.data, date) else str(self.data or "")


class DateTimeLocalText(StringField):
    """A day and a time in Asia/Shanghai."""

    widget = DateTimeLocalInput()

    def _value(self) -> str:
        if isinstance(self.data, datetime):
            return clock.local(self.data).strftime("%Y-%m-%dT%H:%M")
        text = str(self.data or "")
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return text
        return (clock.local(moment) if moment.tzinfo else moment).strftime("%Y-%m-%dT%H:%M")


class TimeText(StringField):
    """A time of day."""

    widget = TimeInput()

    def _value(self) -> str:
        return self.data.strftime("%H:%M") if isinstance(self.data, time) else str(self.data or "")


class MultiCheckboxField(SelectMultipleField):
    """Several of a few: boxes to tick, which a telephone and a keyboard both do well."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def process_data(self, value: Any) -> None:
        self.data = [str(item) for item in value] if isinstance(value, list | tuple | set | frozenset) else []

    def process_formdata(self, values: list[str]) -> None:
        self.data = list(values)


class UploadsFileField(MultipleFileField):
    """Files. Those already handed in stay: their ids travel along as hidden inputs beside the control."""

    kept: dict[str, str]  # attachment id -> name

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        super().process(formdata, data or [], extra_filters)
        known = formdata.getlist(f"{self.name}-kept") if formdata else (data if isinstance(data, list) else [])
        self.kept = {str(item): "" for item in known if str(item).isdecimal()}

    @property
    def uploads(self) -> list[Any]:
        """What came with this request."""
        return [one for one in self.data or [] if getattr(one, "filename", "")]


@dataclass(frozen=True)
class Drawing:
    """What drawing a form needs to know beside the form: the offered lists and which keys others depend on."""

    lists: Mapping[str, Choices]
    drives: frozenset[str]


def control(field: Field, drawing: Drawing) -> UnboundField:
    """The unbound WTForms field of one question (not of a group or list)."""
    make = _MAKERS.get(field.kind, _text)
    return make(field, drawing)


def dress(bound: Control, field: Field, drawing: Drawing) -> None:
    """Give a bound field what the macros read beyond WTForms."""
    bound.flags.required = field.required
    bound.drives = field.key in drawing.drives
    bound.half = _is_short(field)
    bound.multiline_rows = 8 if isinstance(field.max_length, int) and field.max_length >= LONG_TEXT else 4
    if field.money:
        bound.suffix_text = _("yuan")
    keywords = dict(bound.render_kw or {})
    if field.properties.get("readonly") == "true":
        keywords["readonly"] = True
    if field.disabled:
        keywords["disabled"] = True
    if field.accept and field.kind == "filepicker":
        keywords["accept"] = field.accept
    if isinstance(field.max_length, int) and field.kind in ("textfield", "textarea"):
        keywords["maxlength"] = field.max_length
    bound.render_kw = keywords


def _is_short(field: Field) -> bool:
    if "half" in field.properties:
        return field.properties["half"] == "true"
    if field.kind == "textfield":
        short = isinstance(field.max_length, int) and field.max_length <= SHORT_TEXT
        return short or field.validation in ("phone", "email")
    return field.kind in ("number", "datetime", "select")


def _told(field: Field) -> dict[str, Any]:
    label = _UNIT_IN_LABEL.sub("", field.label) if field.money else field.label
    return {"label": label, "description": field.hint}


def _text(field: Field, _drawing: Drawing) -> UnboundField:
    if field.properties.get("widget") == "hidden":
        return HiddenText(**_told(field))
    kinds: dict[str, Callable[..., Any]] = {"phone": TelField, "email": EmailField}
    return kinds.get(field.validation, StringField)(**_told(field))


def _area(field: Field, _drawing: Drawing) -> UnboundField:
    return TextAreaField(**_told(field))


def _number(field: Field, _drawing: Drawing) -> UnboundField:
    return DecimalText(**_told(field))


def _moment(field: Field, _drawing: Drawing) -> UnboundField:
    kinds = {"datetime": DateTimeLocalText, "time": TimeText}
    return kinds.get(field.subtype, DateText)(**_told(field))


def _tick(field: Field, _drawing: Drawing) -> UnboundField:
    return BooleanField(**_told(field))


def _choices_of(field: Field, drawing: Drawing) -> Choices:
    if field.options_from:
        return drawing.lists.get(field.options_from, [])
    return [(option.value, option.label) for option in field.options]


def _select(field: Field, drawing: Drawing) -> UnboundField:
    choices = listed(_choices_of(field, drawing), _("Choose …"))
    return SelectField(**_told(field), choices=choices, validate_choice=False)


def _radio(field: Field, drawing: Drawing) -> UnboundField:
    return RadioField(**_told(field), choices=listed(flat(_choices_of(field, drawing))), validate_choice=False)


def _several(field: Field, drawing: Drawing) -> UnboundField:
    return MultiCheckboxField(**_told(field), choices=listed(flat(_choices_of(field, drawing))), validate_choice=False)


def _files(field: Field, _drawing: Drawing) -> UnboundField:
    return UploadsFileField(**_told(field))


def _block(field: Field, _drawing: Drawing) -> UnboundField:
    return TextBlock(label=field.text)


_MAKERS: dict[str, Callable[[Field, Drawing], UnboundField]] = {
    "textfield": _text, "textarea": _area, "number": _number, "datetime": _moment, "checkbox": _tick,
    "select": _select, "radio": _radio, "checklist": _several, "taglist": _several, "filepicker": _files,
    "text": _block,
}  # fmt: skip
