"""What a flow says of how it is begun: process properties `entry` and `opens`, and the step that comes first."""

from __future__ import annotations

from workflows.diagram import Element, ProcessModel
from workflows.roles import Roles


def is_entry(process: ProcessModel) -> bool:
    """Whether a case can begin with this flow."""
    return process.properties.get("entry") == "yes"


def named_roles(process: ProcessModel) -> tuple[str, ...]:
    """The keys in `opens`, comma between."""
    return tuple(role for part in process.properties.get("opens", "").split(",") if (role := part.strip()))


def entry_roles(process: ProcessModel, roles: Roles) -> tuple[str, ...]:
    """Who may begin a case with it: the roles in `opens`, or else the role of its first lane."""
    lane = roles.find(process.lane_list[0].name) if process.lane_list else None
    return named_roles(process) or ((lane,) if lane else ())


def first_step(process: ProcessModel) -> Element | None:
    """The user task to which the start leads without a choice; None when there is none."""
    here = next((one for one in process.children(None) if one.kind == "startEvent"), None)
    seen: set[str] = set()
    while here is not None and here.kind != "userTask":
        flows = [process.flows[one] for one in here.outgoing if one in process.flows]
        if here.id in seen or len(flows) != 1:
            return None
        seen.add(here.id)
        here = process.elements.get(flows[0].target)
    return here
