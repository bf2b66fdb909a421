"""The sentences of lint by code: (severity, English, Chinese)."""

from workflows.problem_texts.bindings import BINDINGS
from workflows.problem_texts.data import DATA
from workflows.problem_texts.decisions import DECISIONS
from workflows.problem_texts.drawing import DRAWING
from workflows.problem_texts.elements import ELEMENTS
from workflows.problem_texts.files import FILES

Text = tuple[str, str, str]

TEXTS: dict[str, Text] = {**FILES, **DRAWING, **ELEMENTS, **BINDINGS, **DATA, **DECISIONS}
