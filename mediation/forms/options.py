"""Option lists that the case manager offers to forms by name (`valuesKey`); slices register the ones they know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from wtforms.fields.choices import SelectChoice

from mediation.models import Case, Task
from workflows.form_model import Form

Pairs = list[tuple[str, str]]
# Value and label of each choice, or the same under headings.
Choices = Pairs | dict[str, Pairs]
Provider = Callable[[Case, Task | None], Choices]
Registered = TypeVar("Registered", bound=Provider)

OPTION_LISTS: dict[str, Provider] = {}


def options(name: str) -> Callable[[Registered], Registered]:
    """Register `provider(case, task) -> [(value, label)]`, or `{heading: [(value, label)]}`, under a name for forms."""

    def register(provider: Registered) -> Registered:
        if OPTION_LISTS.get(name, provider) is not provider:
            raise ValueError(f"the option list {name!r} is registered twice")
        OPTION_LISTS[name] = provider
        return provider

    return register


def offered(form: Form, case: Case, task: Task | None) -> dict[str, Choices]:
    """What the form's lists offer for this case. A list that nobody registered is empty: its field says so."""
    names = dict.fromkeys(field.options_from for field in form.walk() if field.options_from)
    return {name: OPTION_LISTS[name](case, task) if name in OPTION_LISTS else [] for name in names}


def flat(choices: Choices) -> Pairs:
    """The choices without their headings."""
    return [pair for pairs in choices.values() for pair in pairs] if isinstance(choices, Mapping) else list(choices)


def listed(choices: Choices, empty: str | None = None) -> list[SelectChoice]:
    """The choices as WTForms wants them, with one in front that says that nothing is chosen yet if `empty` names it."""
    first = [SelectChoice("", empty)] if empty is not None else []
    if isinstance(choices, Mapping):
        return first + [SelectChoice(*pair, optgroup=group) for group, pairs in choices.items() for pair in pairs]
    return first + [SelectChoice(*pair) for pair in choices]
