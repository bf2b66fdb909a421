"""The built-in functions, a module for each part of DMN 1.3, 10.3.4; importing this package declares them all."""
from ..registry import BUILTINS, REFUSED, Builtin
from . import aggregates, contexts, conversion, lists, numbers, ranges, strings, temporal_parts

__all__ = ["BUILTINS", "REFUSED", "Builtin", "aggregates", "contexts", "conversion", "lists", "numbers", "ranges",
           "strings", "temporal_parts"]
