"""Decisions as DMN 1.3 files describe them: tables, expressions and what they rest on, made with our own FEEL."""
from .checks import problems
from .console import answer, answer_for
from .deciding import decide, explain
from .model import DecisionError, Decisions, Hit, Outcome
from .reading import load

__all__ = ["DecisionError", "Decisions", "Hit", "Outcome", "answer", "answer_for", "decide", "explain", "load",
           "problems"]
