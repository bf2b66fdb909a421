"""The levels of risk in their order, from hidden to red."""

from __future__ import annotations

from mediation import codes


def grade(risk: str) -> int:
    """How high a level is; -1 for none."""
    order = list(codes.table("risks"))
    return order.index(risk) if risk in order else -1


def higher(one: str, other: str) -> str:
    """The graver of two levels."""
    return max(one, other, key=grade)
