"""The words that lint knows: what this program can do for a flow, and what the shipped release defines."""

from __future__ import annotations

from importlib import import_module

from documents.bundle import Layouts
from mediation.case_view import CASE_SCHEMA
from mediation.config import ROOT
from mediation.effects import BINDINGS, EFFECTS
from mediation.forms.options import OPTION_LISTS
from mediation.functions import feel_functions
from workflows.lint import Vocabulary

# The slices register their effects and bindings when they are imported.
_REGISTERING = ("cases", "meetings", "groups", "agreements", "papers", "notices", "tasks", "referrals", "risk", "supervision")
# What a running flow can be told: a side or the mediator ends, more time, something was paid, papers were brought, a
# change of the agreement took effect.
MESSAGES = frozenset({
    "agreement-changed", "mediation-ended", "extension-requested", "receipt-reported", "papers-supplied", "referral-withdrawn",
})  # fmt: skip


def shipped_vocabulary() -> Vocabulary:
    """Everything that the slices registered, the papers, and the schema of `case`."""
    for name in _REGISTERING:
        import_module(f"mediation.{name}.views")
    return Vocabulary(
        effects={spec.name: spec for spec in EFFECTS.values()},
        bindings=frozenset(BINDINGS),
        papers=frozenset(Layouts.shipped().kinds),
        case_schema=CASE_SCHEMA,
        functions=frozenset(feel_functions()),
        templates=frozenset(path.stem for path in (ROOT / "templates" / "mails").glob("[!_]*.txt")),
        lists=frozenset(OPTION_LISTS),
        messages=MESSAGES,
    )
