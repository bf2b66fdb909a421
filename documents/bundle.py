"""Kinds and layouts of papers are data, read together as one bundle, so that a release can carry its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from documents import layout_check
from documents.facts import SCALARS, WORDS, Field, Reader, refuse_oversize
from documents.refusals import PaperRefused
from documents.rules import RULES

HERE = Path(__file__).parent
_SHARED = ("kinds/records.json", "layouts/paper.css", "layouts/base.html", "layouts/macros.html")
ANNEX = "layouts/annex.html"  # the translation; bundles of earlier releases have none
_SUFFIXES = {"kinds": (".json",), "layouts": (".html", ".css")}


class BrokenBundle(ValueError):
    """A kind or layout is wrong in itself: refused when a release is published, long before a paper is due."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of paper as its JSON says; ``facts`` maps each fact to its type (see :mod:`documents.facts`).

    ``annex`` says in English what the fixed text of its layout says, a paragraph each, for the translation.
    """

    key: str
    name: Mapping[str, str]
    layout: str
    facts: Mapping[str, Field]
    numbering: Mapping[str, Any]
    addressed_to: str
    signed_by: tuple[str, ...]
    seal: str
    electronic_signature: bool
    retention: str
    basis: tuple[str, ...]
    checks: tuple[str, ...]
    annex: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layouts:
    """The files of a bundle by relative path, ``kinds/*.json`` and ``layouts/*``; equal content, equal ``hash``."""

    files: Mapping[str, str] = field(repr=False)

    @classmethod
    def load(cls, folder: Path) -> Layouts:
        """Read ``folder/kinds`` and ``folder/layouts``; raise BrokenBundle when something in them is wrong."""
        found = {
            f"{part}/{path.name}": path.read_text("utf-8")
            for part, suffixes in _SUFFIXES.items()
            for path in sorted((folder / part).iterdir())
            if path.name.endswith(suffixes)
        }
        return cls.of(found)

    @classmethod
    def of(cls, files: Mapping[str, str]) -> Layouts:
        """A bundle from texts, as a release keeps them; checked like :meth:`load`."""
        layouts = cls(dict(sorted(files.items())))
        problems = layouts.problems()
        if problems:
            raise BrokenBundle("; ".join(problems))
        return layouts

    @staticmethod
    def shipped() -> Layouts:
        """The bundle that this product ships with."""
        return _shipped()

    @cached_property
    def hash(self) -> str:
        """SHA-256 over every file, 64 hex digits."""
        return _digest(self.files.items())

    @cached_property
    def records(self) -> dict[str, dict[str, Field]]:
        return json.loads(self.files["kinds/records.json"])

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """Every kind by key, in alphabetical order."""
        paths = (path for path in self.files if path.startswith("kinds/") and path != "kinds/records.json")
        found = (_kind(json.loads(self.files[path])) for path in paths)
        return {kind.key: kind for kind in found}

    def kind(self, key: str) -> Kind:
        """The kind by key; raise PaperRefused ``unknown-kind``."""
        if key not in self.kinds:
            raise PaperRefused("unknown-kind", "没有这种文书", "", "there is no such kind of paper")
        return self.kinds[key]

    def version(self, key: str) -> str:
        """SHA-256 over what this kind's look depends on: its JSON, its layout with all that it extends, the shared parts."""
        own = {layout_check.PREFIX + name for name in layout_check.reached(self.files, self.kind(key).layout)}
        paths = {*_SHARED, ANNEX, f"kinds/{key}.json", *own}
        return _digest((path, self.files[path]) for path in sorted(paths & self.files.keys()))

    def read(self, key: str, facts: object, printable: Container[int] | None = None) -> dict[str, Any]:
        """Check the facts for a kind and return their clean copy; raise PaperRefused. Cheap: do it before queueing."""
        kind = self.kind(key)
        refuse_oversize(facts)
        clean = Reader(self.records, printable).read(kind.facts, facts)
        for check in kind.checks:
            RULES[check](clean)
        return clean

    def problems(self) -> list[str]:
        """What is wrong with the bundle itself, in sentences; empty when it is sound."""
        absent = [f"{path} is missing" for path in _SHARED if path not in self.files]
        if absent:
            return absent
        try:
            kinds, records = self.kinds, self.records
        except (ValueError, KeyError, TypeError) as error:
            return [f"a kind does not read: {error!r}"]
        found = [problem for kind in kinds.values() for problem in self._kind_problems(kind)]
        for name, fields in records.items():
            found += _field_problems(f"records.{name}", fields, records)
        found += [f"{one.path}:{one.line}: {one.text('en')}" for one in layout_check.problems(self.files)]
        return found

    def _kind_problems(self, kind: Kind) -> list[str]:
        found = _field_problems(kind.key, kind.facts, self.records)
        if f"layouts/{kind.layout}" not in self.files:
            found.append(f"{kind.key}: layout {kind.layout} is missing")
        if f"kinds/{kind.key}.json" not in self.files:
            found.append(f"{kind.key}: the file must be named after the key")
        found += [f"{kind.key}: there is no check {check}" for check in kind.checks if check not in RULES]
        return found


@cache
def _shipped() -> Layouts:
    return Layouts.load(HERE)


def _kind(data: Mapping[str, Any]) -> Kind:
    lists = {key: tuple(data.get(key, ())) for key in ("signed_by", "basis", "checks", "annex")}
    return Kind(**{**data, **lists})


def _field_problems(name: str, fields: Mapping[str, Field], records: Mapping[str, Any]) -> list[str]:
    found = []
    for key, one in fields.items():
        if one.get("type") not in SCALARS and one.get("type") not in records:
            found.append(f"{name}.{key}: there is no type {one.get('type')}")
        if not one.get("zh") or not one.get("en"):
            found.append(f"{name}.{key}: needs a name in Chinese and English")
        if one.get("type") == "words" and fields.get(key.removesuffix(WORDS), {}).get("type") != "amount":
            found.append(f"{name}.{key}: words stand beside an amount of the same name without {WORDS}")
    return found


def _digest(files: Any) -> str:
    digest = hashlib.sha256()
    for path, text in files:
        for part in (path, text):
            raw = part.encode()
            digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()
