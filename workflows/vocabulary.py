"""What lint needs to know of the case manager around a flow: the names that it understands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class Signature(Protocol):
    """The headers of an effect: all that it knows, with the words that each may be (None: any), and the required."""

    @property
    def arguments(self) -> Mapping[str, tuple[str, ...] | None]: ...

    @property
    def required(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class EffectSignature:
    """A plain Signature. A word that ends in `:` allows anything after it; after `role:` a role is expected."""

    required: tuple[str, ...] = ()
    arguments: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Vocabulary:
    """Names that flows and forms may use. None means: not known here, so not checked.

    `case_schema` is a tree: field -> type name (`"string"`, `"number|null"`) or a mapping of a nested value's fields.
    `functions` are the FEEL functions beyond the built-in ones; `lists` the option lists for `valuesKey`;
    `messages` the messages that are ever delivered; `roles`, `papers` complete what the bundle itself declares.
    """

    effects: Mapping[str, Signature] | None = None
    bindings: frozenset[str] | None = None
    papers: frozenset[str] | None = None
    templates: frozenset[str] | None = None
    roles: frozenset[str] = frozenset()
    case_schema: Mapping[str, Any] | None = None
    functions: frozenset[str] | None = None
    lists: frozenset[str] | None = None
    messages: frozenset[str] | None = None


NOTHING_KNOWN = Vocabulary()
