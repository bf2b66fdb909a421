"""The forms of tasks on a page: from a form file to WTForms fields that the macros draw, and back to answers."""

from mediation.forms.filled import AnswerForm, Circumstances, form_of, rule_names
from mediation.forms.options import OPTION_LISTS, offered, options

__all__ = ["OPTION_LISTS", "AnswerForm", "Circumstances", "form_of", "offered", "options", "rule_names"]
