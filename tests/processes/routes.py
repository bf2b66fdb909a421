"""What the journeys of the routes share: a hand-over signed for, sittings that end well or not."""

from __future__ import annotations

from tests.processes.journey import EFFECTIVE, Step, Walk, do, over

# All have agreed to mediate and met once: the sittings go straight to the next invitation.
AT_THE_TABLE = {"mediator": "liu", "meetings_held": 1, "consents_open": 0, "consents_given": 2}


def handed(agency: str, *, settled: bool | None = None) -> tuple[Step, ...]:
    """Sent and signed for; with `settled` the agency answers too."""
    sent = (do("send", {"decision": "send", "agency": agency, "answer_days": 5}), do("sign", {"answer": "signed"}))
    return sent if settled is None else (*sent, do("answer", {"settled": "yes" if settled else "no"}))


def withdrawn(agency: str) -> Step:
    """Never sent: the centre keeps it."""
    return do("send", {"decision": "withdraw", "agency": agency, "answer_days": 5})


def sits_agreed() -> tuple[Step, ...]:
    return (
        do("invite"), do("hold", {"result": "held"}), do("minutes", {"result": "oral"}),
        do("record_oral", agreement={**EFFECTIVE, "kind": "oral"}),
    )  # fmt: skip


def sits_failed() -> tuple[Step, ...]:
    return (do("invite"), do("hold", {"result": "failed"}))


def ends(outcome: str) -> Step:
    """The route is over, and tells its caller this outcome."""

    def step(at: Walk) -> None:
        over()(at)
        told = [
            one.element_id for one in at.log if one.process_id == at.process and one.element_id.startswith("outcome_")
        ]
        assert told[-1:] == [f"outcome_{outcome}"]

    return step
