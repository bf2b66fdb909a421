"""A form with somebody's answers in it: drawn from what is known or typed, judged by the server, redrawn on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import FieldList, FormField, HiddenField, SelectField, SelectMultipleField
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta
from wtforms.widgets import HiddenInput

from mediation import clock
from mediation.forms.controls import Drawing, TextBlock, UploadsFileField, control, dress
from mediation.forms.options import Choices, flat
from mediation.functions import feel_functions
from mediation.releases import definition_of
from workflows import answers as rules
from workflows import forms
from workflows.feel import FeelError, parse
from workflows.form_model import SEVERAL, Field, Form

# A row of unticked boxes sends nothing; this says that it is there.
ROW_MARK = "rowmark"


@lru_cache(maxsize=512)
def form_of(release_hash: str, form_id: str, language: str) -> Form:
    """A form of a release in a language. Raises KeyError for a form that the release does not have."""
    definition = definition_of(release_hash)
    texts = definition.translations.get(language, {}).get("forms", {}).get(form_id, {})
    return forms.translate(definition.forms[form_id], texts) if texts else definition.forms[form_id]


def rule_names(form: Form) -> frozenset[str]:
    """The names that the form's rules read: keys of its own, `case`, variables of the process."""
    return frozenset(name for one in form.walk() for rule in _rules(one) for name in _names(rule))


def _rules(one: Field) -> Iterator[str]:
    limits = (one.hide, one.min, one.max, one.min_length, one.max_length)
    yield from (limit for limit in limits if isinstance(limit, str))


def _names(rule: str) -> Iterator[str]:
    try:
        read = parse(rule.strip().removeprefix("="))
    except FeelError:
        return  # lint has told it; a rule that cannot be read counts as null
    yield from (name.partition(".")[0] for name in read.variables | read.ambiguous)


@dataclass(frozen=True)
class Circumstances:
    """What the rules of a form may look at: variables (with `case` among them) and the lists on offer."""

    variables: Mapping[str, Any] = field(default_factory=dict)
    lists: Mapping[str, Choices] = field(default_factory=dict)
    language: str = "zh"
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=feel_functions)


class AnswerForm(BaseForm):
    """The whole form. `sections`, fields and errors are what macros/fields.html draws; `answers` is what counts."""

    def __init__(
        self,
        form: Form,
        around: Circumstances,
        *,
        typed: MultiDict[str, str] | None = None,
        known: Mapping[str, Any] | None = None,
    ) -> None:
        """Draw from what was typed (a request or a draft); without it from what is known, else from defaults."""
        drawing = Drawing(around.lists, rule_names(form))
        super().__init__([], meta=DefaultMeta())
        self.definition, self.around = form, around
        self.answers: dict[str, Any] = {}
        self.level = _Level(self, form.fields, drawing)
        self.process(typed, data={**_defaults(form.fields), **(known or {})})
        self.level.dress()
        if typed is None:
            self._mark_known(known or {})
        self._hide()

    @property
    def sections(self) -> list[tuple[str | None, str | None, list[str]]]:
        """Title, note and field names of each part of the sheet."""
        return [(title, note, [_name(one) for one in part]) for title, note, part in _sections(self.definition.fields)]

    @property
    def has_files(self) -> bool:
        return any(one.kind == "filepicker" for one in self.definition.walk())

    def uploads(self) -> Iterator[UploadsFileField]:
        """The controls for files, those in rows too."""
        yield from _uploads(self)

    def check(self) -> bool:
        """Judge what was typed: True and `answers`, or False and an error at each field concerned."""
        around = self.around
        self.answers, errors = rules.check(
            self.definition, self.level.raw(), variables=around.variables, now=clock.now(),
            lists={name: flat(choices) for name, choices in around.lists.items()}, functions=around.functions,
        )  # fmt: skip
        self.refuse({path: error.text(around.language) for path, error in errors.items()})
        self._hide()
        return not errors

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Put errors (path -> sentence; `instalments.0.amount`) at their fields, what fits none at the top."""
        for path, message in errors.items():
            if not _refuse(self, path.split("."), message):
                self.form_errors.append(message)

    def seat(self, rows: Mapping[str, list[dict[str, Any]]]) -> None:
        """Give fixed lists their rows (list -> rows), in place of those that stand there."""
        for name, given in rows.items():
            listed = self._fields.get(name)
            if isinstance(listed, FieldList) and listed.fixed:
                listed.entries[:], listed.last_index = [], -1
                for row in given:
                    listed.append_entry(row)
        self._dress_again()

    def told(self) -> list[tuple[str, str]]:
        """What stands in the form as pairs of label and text, for a person who has to copy it elsewhere."""
        return list(_told(self))

    def redrawn(self, sent: Mapping[str, str]) -> bool:
        """Add or remove the row whose button was pressed. True when the request only asks to draw the form again."""
        if "_add" in sent:
            self._add(sent["_add"])
        if "_remove" in sent:
            self._remove(sent["_remove"])
        return bool({"_add", "_remove", "_redraw"} & set(sent))

    def _lists(self) -> Iterator[Any]:
        yield from (control for control in self if isinstance(control, FieldList) and not control.fixed)

    def _add(self, name: str) -> None:
        for listed in self._lists():
            if listed.name == name and len(listed) < (listed.max_entries or rules.MOST_ROWS):
                listed.append_entry(_defaults(listed.definition.fields))
                self._dress_again()

    def _remove(self, name: str) -> None:
        for listed in self._lists():
            listed.entries[:] = [entry for entry in listed.entries if entry.name != name]
        self._dress_again()

    def _dress_again(self) -> None:
        self.level.dress()
        self._hide()

    def _hide(self) -> None:
        self.level.hide(self.around.variables, self.around.functions)

    def _mark_known(self, known: Mapping[str, Any]) -> None:
        for name, control_ in self._fields.items():
            told = known.get(name) not in (None, "", [], False) and not isinstance(control_, FieldList | FormField)
            control_.known = told and not (control_.render_kw or {}).get("readonly")


class _Row(BaseForm):
    """One row of a repeated list, or a group with a path."""

    def __init__(
        self, fields: tuple[Field, ...], drawing: Drawing, formdata: Any, data: Mapping[str, Any], prefix: str
    ) -> None:
        super().__init__([(ROW_MARK, HiddenField(default="1"))], prefix=prefix, meta=DefaultMeta())
        self.level = _Level(self, fields, drawing)
        self.process(formdata, data={**data, ROW_MARK: "1"})
        self.level.dress()


class _Level:
    """The questions of one level, bound into a WTForms form under their keys (texts under their paths)."""

    def __init__(self, form: BaseForm, fields: tuple[Field, ...], drawing: Drawing) -> None:
        self.form, self.fields, self.drawing = form, fields, drawing
        self.shown = {_name(one): one for one in _flat(fields)}
        for name, one in self.shown.items():
            form[name] = _unbound(one, drawing)

    def dress(self) -> None:
        for name, one in self.shown.items():
            bound = self.form[name]
            if isinstance(bound, TextBlock):
                bound.text, bound.heading = one.text.lstrip("# "), one.text.startswith("#")
            elif isinstance(bound, FieldList):
                _dress_list(bound, one)
            elif isinstance(bound, FormField):
                bound.form.level.dress()
            else:
                dress(bound, one, self.drawing)

    def raw(self) -> dict[str, Any]:
        """What stands in the fields, unjudged: text, booleans, lists, rows."""
        return {name: _raw(self.form[name]) for name in self.shown if not isinstance(self.form[name], TextBlock)}

    def hide(self, outer: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> None:
        raw = self.raw()
        gone = rules.hidden(self.fields, raw, outer=outer, now=clock.now(), functions=functions)
        around = {**outer, **raw}
        for name, one in self.shown.items():
            bound = self.form[name]
            bound.hidden_now = one.path in gone
            for inner in _inner(bound):
                inner.level.hide(around, functions)


def _unbound(one: Field, drawing: Drawing) -> UnboundField:
    if one.kind == "group":
        return FormField(_row_class(one, drawing), label=one.label, description=one.hint)
    if one.kind == "dynamiclist":
        least = int(one.min) if isinstance(one.min, Decimal) and not _fixed(one) else 0
        rows = FormField(_row_class(one, drawing))
        # One more than may be: ten thousand rows are neither built nor taken for two hundred.
        return FieldList(
            rows, label=one.label, description=one.hint, min_entries=least, max_entries=rules.MOST_ROWS + 1
        )
    return control(one, drawing)


def _row_class(one: Field, drawing: Drawing) -> Callable[..., BaseForm]:
    def make(formdata: Any = None, obj: Any = None, prefix: str = "", **data: Any) -> BaseForm:
        return _Row(one.fields, drawing, formdata, data, prefix)

    return make


def _fixed(one: Field) -> bool:
    return one.properties.get("fixed") == "true"


def _dress_list(bound: Any, one: Field) -> None:
    bound.definition, bound.fixed = one, _fixed(one)
    bound.noted = one.properties.get("notes") == "true"
    bound.max_entries = int(one.max) if isinstance(one.max, Decimal) else None
    bound.flags.required = one.required or (isinstance(one.min, Decimal) and one.min > 0)
    for entry in bound:
        entry.form.level.dress()
        entry.heading = _row_heading(entry.form) if bound.fixed else ""


def _row_heading(row: Any) -> str:
    """A row that the case manager gives is called by its read-only text, which then travels along unseen."""
    for name, one in row.level.shown.items():
        readonly = one.kind == "textfield" and one.properties.get("readonly") == "true"
        if readonly and one.properties.get("widget") != "hidden":
            row[name].type, row[name].widget = "HiddenField", HiddenInput()
            return str(row[name].data or "")
    return ""


def _raw(bound: Any) -> Any:
    if isinstance(bound, FieldList):
        return [entry.form.level.raw() for entry in bound]
    if isinstance(bound, FormField):
        return bound.form.level.raw()
    if isinstance(bound, UploadsFileField):
        return list(bound.kept)
    return bound.data


def _inner(bound: Any) -> list[Any]:
    if isinstance(bound, FieldList):
        return [entry.form for entry in bound]
    return [bound.form] if isinstance(bound, FormField) else []


def _uploads(form: BaseForm) -> Iterator[UploadsFileField]:
    for bound in form:
        if isinstance(bound, UploadsFileField):
            yield bound
        for inner in _inner(bound):
            yield from _uploads(inner)


def _told(form: Any, before: str = "") -> Iterator[tuple[str, str]]:
    for name in form.level.shown:
        bound = form[name]
        label = f"{before}{bound.label.text}"
        if isinstance(bound, FieldList):
            for number, entry in enumerate(bound, 1):
                yield from _told(entry.form, f"{label} {number} · ")
        elif isinstance(bound, FormField):
            yield from _told(bound.form, f"{label} · ")
        elif not isinstance(bound, TextBlock | UploadsFileField) and bound.data not in (None, "", [], False):
            yield label, _in_words(bound)


def _in_words(bound: Any) -> str:
    if isinstance(bound, SelectField | SelectMultipleField):
        chosen = set(bound.data) if isinstance(bound.data, list) else {bound.data}
        return "、".join(str(choice.label) for choice in bound.iter_choices() if choice.value in chosen)
    return "✓" if bound.data is True else str(bound.data)


def _refuse(form: BaseForm, path: list[str], message: str) -> bool:
    """Put one message at the end of a path; False when the path leads nowhere that is drawn."""
    name, *rest = path
    if name not in form:
        return False
    bound: Any = form[name]
    if isinstance(bound, FieldList) and len(rest) >= 2 and rest[0].isdigit() and int(rest[0]) < len(bound):
        entry = bound.entries[int(rest[0])]
        found = _refuse(entry.form, rest[1:], message)
        bound.errors = [entry.form.errors for entry in bound]
        return found
    if isinstance(bound, FormField) and rest:
        return _refuse(bound.form, rest, message)
    bound.errors = [*bound.errors, message]
    return True


# --- the order on the page --------------------------------------------------------------------------------------------


def _name(one: Field) -> str:
    return one.key if one.key and one.kind != "text" else one.path


def _flat(fields: tuple[Field, ...]) -> Iterator[Field]:
    for one in fields:
        if one.kind == "group" and not one.key:
            yield from _flat(one.fields)
        elif one.kind not in ("separator", "spacer"):
            yield one


def _sections(fields: tuple[Field, ...]) -> Iterator[tuple[str | None, str | None, list[Field]]]:
    """A frame without a key is a section of its own; a line ends one; what stands between belongs together."""
    loose: list[Field] = []
    for one in fields:
        framed = one.kind == "group" and not one.key
        if (framed or one.kind == "separator") and loose:
            yield None, None, loose
            loose = []
        if framed:
            yield one.label or None, one.hint or None, list(_flat(one.fields))
        elif one.kind not in ("separator", "spacer"):
            loose.append(one)
    if loose:
        yield None, None, loose


def _defaults(fields: tuple[Field, ...]) -> dict[str, Any]:
    return {one.key: _default(one) for one in _flat(fields) if one.key and one.default is not None}


def _default(one: Field) -> Any:
    if one.kind in SEVERAL:
        return [str(item) for item in one.default] if isinstance(one.default, list) else [str(one.default)]
    if one.kind == "checkbox":
        return one.default is True
    return str(one.default) if one.kind in ("select", "radio", "textfield", "textarea") else one.default
