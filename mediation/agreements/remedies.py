"""What is open to the sides when something is late: the ways to the court, and a change that all of them sign."""

from __future__ import annotations

from dataclasses import dataclass

from mediation.agreements import packets
from mediation.agreements.ledger import Ledger
from mediation.agreements.packets import Way
from mediation.case_view import CaseView, current_agreement
from mediation.cases import beside
from mediation.cases.queries import change_under_way
from mediation.models import AgreementChange, Case, Packet, User
from mediation.permissions import can_read_content, works_on
from mediation.releases import definition_of

# The flow in which the sides agree anew (民法典 543).
CHANGE = "agreement_change"


@dataclass(frozen=True)
class Remedies:
    """For the page: each way with the reason why it is closed, the packets so far, and whether the sides may agree anew."""

    ways: list[Way]
    way_names: dict[str, str]
    packets: list[Packet]
    missing: dict[int, list[str]]  # id of a packet that was not bound -> the papers for want of which it was not
    works: bool
    may_change: bool
    change: AgreementChange | None  # one that is being agreed on or signed


def remedies(case: Case, user: User, ledger: Ledger | None = None) -> Remedies | None:
    """What this person may offer the sides now; None where there is no agreement, or its content is not for this person.
    `ledger`: where it has been read already."""
    found = current_agreement(case.id)
    if found is None or not can_read_content(user, case):
        return None
    change, gathered = change_under_way(case), packets.packets_of(case)
    return Remedies(
        packets.ways(found, ledger), packets.names(), gathered, {one.id: packets.missing(one) for one in gathered}, works_on(user, case),
        change is None and _may_change(case, user), change,
    )  # fmt: skip


def _may_change(case: Case, user: User) -> bool:
    process = definition_of(case.release_hash).processes.get(CHANGE)
    return process is not None and beside.may_open(process, case, user, CaseView(case))
