"""The flows by which a case may begin, as a release says: a process with the property `entry` = yes.

`opens` = roles, comma between (left out: the role of its first lane) says who may begin it.

The registration of a dispute (`intake`) has a page of its own; every other entry needs nothing but its flow and form.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from mediation.models import User
from mediation.releases import definition_of
from workflows.diagram import Element, ProcessModel
from workflows.entries import entry_roles, first_step, is_entry


@dataclass(frozen=True)
class Entry:
    """A flow that begins a case: who may begin it, and the step that is done at once."""

    process: ProcessModel
    roles: tuple[str, ...]
    first: Element
    release_hash: str


@lru_cache(maxsize=16)
def entries_of(release_hash: str) -> dict[str, Entry]:
    """All entry flows of a release by process id, in the order of their ids."""
    definition = definition_of(release_hash)
    found = {}
    for key in sorted(definition.processes):
        process = definition.processes[key]
        if not is_entry(process):
            continue
        first, roles = first_step(process), entry_roles(process, definition.roles)
        if first is not None and first.form_id and roles:
            found[key] = Entry(process, roles, first, release_hash)
    return found


def entries_for(user: User, release_hash: str | None) -> dict[str, Entry]:
    """The entry flows of the release that new cases follow (None: none is published yet) which this person may begin."""
    offered = entries_of(release_hash) if release_hash else {}
    return {key: entry for key, entry in offered.items() if user.holds(*entry.roles)}
