"""The roles of a release: a lane may be called by a role's key or by its name in either language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.forms import KEY, load_json
from workflows.model import Problem
from workflows.problems import BrokenFile, problem

SEES = frozenset({"", "office", "referred", "own"})


@dataclass(frozen=True)
class Role:
    """A role as `roles.json` gives it."""

    key: str
    name: str
    name_en: str = ""
    description: str = ""
    description_en: str = ""
    sees: str = (
        ""  # office: all cases of the agency; referred: what was handed to it; own: the holder's own; empty: none
    )
    reads_only: bool = False


@dataclass(frozen=True)
class Roles:
    """All roles, in the order of the file."""

    by_key: Mapping[str, Role]

    def find(self, name: str) -> str | None:
        """The key of the role that is called so (key, Chinese or English name), or None."""
        if name in self.by_key:
            return name
        wanted = name.strip().casefold()
        names = ((key, (role.name.casefold(), role.name_en.casefold())) for key, role in self.by_key.items())
        return next((key for key, own in names if wanted in own), None)


def parse(content: bytes, file: str = "roles.json") -> Roles:
    """The roles of `{"clerk": {"name": "登记员", "name_en": "Clerk"}}`. Raises BrokenFile for any other shape."""
    raw = load_json(content, file)
    entries = raw.get("roles", raw) if isinstance(raw, dict) else raw
    if isinstance(entries, list):
        entries = {str(one.get("key", "")): one for one in entries if isinstance(one, dict)}
    if not isinstance(entries, dict) or not all(isinstance(one, dict) for one in entries.values()):
        raise BrokenFile(problem("wrong-shape", file, path="roles.json", expected='{"<key>": {"name": "…"}}'))
    return Roles({key: _role(key, one) for key, one in entries.items()})


def problems(content: bytes, file: str = "roles.json") -> list[Problem]:
    """What is wrong with a roles file."""
    try:
        roles = parse(content, file)
    except BrokenFile as broken:
        return [broken.problem]
    return [*_shapes(roles, file), *_shared_names(roles, file)]


def _shapes(roles: Roles, file: str) -> Iterator[Problem]:
    for key, role in roles.by_key.items():
        if not KEY.fullmatch(key):
            yield problem("bad-id", file, key, id=key)
        if not role.name:
            yield problem("wrong-shape", file, key, path=f"{key}.name", expected="a Chinese name")
        if role.sees not in SEES:
            yield problem("wrong-shape", file, key, path=f"{key}.sees", expected="office, referred or own")


def _shared_names(roles: Roles, file: str) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for key, role in roles.by_key.items():
        for name in {key, role.name, role.name_en} - {""}:
            first = owners.setdefault(name.casefold(), key)
            if first != key:
                yield problem("role-name-shared", file, key, name=name, first=first, second=key)


def _role(key: str, raw: Mapping[str, Any]) -> Role:
    def text(name: str) -> str:
        value = raw.get(name)
        return value.strip() if isinstance(value, str) else ""

    return Role(
        key, text("name"), text("name_en"), text("description"), text("description_en"), text("sees"),
        raw.get("reads_only") is True,
    )  # fmt: skip
