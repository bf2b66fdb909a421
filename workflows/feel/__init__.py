"""FEEL, the expression language of DMN 1.3: safe by construction, exact in numbers, bounded in cost."""
from .budget import Budget
from .console import answer, read_json, render
from .convert import dump, from_json, from_python, load, to_json
from .errors import FeelError
from .expression import Expression, evaluate, evaluate_unary, parse, parse_unary
from .library import BUILTINS
from .values import FeelFunction, Function, Range, YearsMonths

BUILTIN_NAMES = frozenset(BUILTINS)

__all__ = [
    "BUILTIN_NAMES", "Budget", "Expression", "FeelError", "FeelFunction", "Function", "Range", "YearsMonths", "answer",
    "dump", "evaluate", "evaluate_unary", "from_json", "from_python", "load", "parse", "parse_unary", "read_json",
    "render", "to_json",
]
