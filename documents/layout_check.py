"""What is wrong with the layouts of a bundle, found by reading them: nothing is printed, no fact is needed.

A layout that passes can name only facts of its kind, use only our own filters and macros, and point at nothing outside
the paper; what it prints is always escaped. Printing the sample afterwards shows what reading cannot.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import jinja2
from jinja2 import meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from documents.phrases import FILTERS

PREFIX = "layouts/"
SHARED = ("base.html", "macros.html")
# What every layout is told beside the facts of its kind.
TOLD = frozenset({"title", "options", "qr", "check", "range"})
# Filters of Jinja that only look at plain values; what would switch escaping off is not among them.
PLAIN_FILTERS = frozenset(
    (
        "abs", "batch", "capitalize", "count", "default", "dictsort", "e", "escape", "first", "float", "format",
        "groupby", "indent", "int", "items", "join", "last", "length", "list", "lower", "map", "max", "min",
        "reject", "rejectattr", "replace", "reverse", "round", "select", "selectattr", "slice", "sort",
        "string", "sum", "title", "trim", "truncate", "unique", "upper", "wordcount",
    )
)  # fmt: skip
_POINTS = re.compile(
    r"""\b(?:src|href|action|data|poster|background)\s*=\s*["']?(?!\{\{\s*qr\s*\}\})[^"'\s>]""", re.IGNORECASE
)
_CSS_POINTS = re.compile(r"@import|url\s*\(|@font-face|\bsrc\s*:", re.IGNORECASE)
_NAMED = re.compile(r"""\{%-?\s*(?:extends|include|import|from)\s+["']([^"']+)["']""")
_FOR_ALL = frozenset((*SHARED, "annex.html"))  # what these are told does not depend on the kind
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


TEXTS = {
    "layout-syntax": (
        "The layout does not read as a template ({reason}): look at the braces of this line.",
        "版式无法按模板读取（{reason}）：请检查该行的花括号。",
    ),
    "layout-filter": (
        "“{name}” is not among what a layout may use: take one of the filters of the other layouts.",
        "版式中不能使用“{name}”：请改用其他版式中已有的写法。",
    ),
    "layout-include": (
        "The layout asks for “{name}”, which is no layout of this release.",
        "版式引用了“{name}”，本版本中没有这个版式。",
    ),
    "layout-name": (
        "The layout names “{name}”, which is no fact of this kind of paper: the list of its facts stands beside.",
        "版式使用了“{name}”，该文书没有这一事项：请看旁边的事项清单。",
    ),
    "layout-address": (
        "The layout points at something outside the paper; a paper fetches nothing: remove the address.",
        "版式引用了文书之外的内容，而文书不读取任何外部内容：请删除该地址。",
    ),
}


@dataclass(frozen=True, slots=True)
class LayoutProblem:
    """One finding: a stable code, the file as the bundle names it, the line from 1 (0: the whole file), and its words."""

    code: str
    path: str
    line: int = 0
    details: Mapping[str, str] = field(default_factory=dict, hash=False)

    def text(self, language: str) -> str:
        """The sentence for a reader: Chinese for `zh…`, otherwise English."""
        english, chinese = TEXTS[self.code]
        return (chinese if language.startswith("zh") else english).format(**self.details)


def problems(files: Mapping[str, str]) -> list[LayoutProblem]:
    """Findings in all layouts of the bundle (`kinds/*.json` and `layouts/*` by relative path), in the order of files."""
    names = frozenset(path.removeprefix(PREFIX) for path in files if path.startswith(PREFIX))
    known = _facts_of(files)
    found: list[LayoutProblem] = []
    for path in sorted(files):
        if path.startswith(PREFIX) and path.endswith(".html"):
            found += _in_layout(path, files[path], names, known.get(path.removeprefix(PREFIX)))
        elif path.startswith(PREFIX) and path.endswith(".css"):
            found += _in_style(path, files[path])
    return found


def reached(files: Mapping[str, str], layout: str) -> frozenset[str]:
    """A layout with everything that it extends, includes or imports, step by step; names as layouts write them."""
    found, waiting = set(), [layout]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _NAMED.findall(files.get(PREFIX + name, ""))
    return frozenset(found)


def _facts_of(files: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Layout -> the names that every kind which uses it knows, itself or through one that extends it."""
    found: dict[str, frozenset[str]] = {}
    for path, text in files.items():
        if not path.startswith("kinds/") or path == "kinds/records.json":
            continue
        try:
            kind = json.loads(text)
            layout, facts = kind["layout"], frozenset(kind["facts"])
        except (ValueError, KeyError, TypeError):
            continue  # the bundle's own check says so
        for one in reached(files, layout) - _FOR_ALL:
            found[one] = found.get(one, facts) & facts
    return found


@lru_cache(maxsize=512)
def _in_layout(path: str, text: str, names: frozenset[str], facts: frozenset[str] | None) -> tuple[LayoutProblem, ...]:
    try:
        tree = _environment().parse(text)
    except jinja2.TemplateSyntaxError as error:
        return (LayoutProblem("layout-syntax", path, error.lineno, {"reason": str(error.message)}),)
    found = [*_points(path, text), *_filters(path, tree), *_unescaped(path, tree), *_includes(path, tree, names)]
    if facts is not None:
        found += _unknown_names(path, tree, facts | TOLD)
    return tuple(sorted(found, key=lambda one: one.line))


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = ImmutableSandboxedEnvironment(autoescape=True)
    environment.filters.update(FILTERS)
    return environment


def _points(path: str, text: str) -> Iterator[LayoutProblem]:
    for number, line in enumerate(text.splitlines(), start=1):
        if _POINTS.search(line) or _CSS_POINTS.search(line):
            yield LayoutProblem("layout-address", path, number)


def _filters(path: str, tree: nodes.Template) -> Iterator[LayoutProblem]:
    allowed = PLAIN_FILTERS | set(FILTERS)
    for one in tree.find_all(nodes.Filter):
        if one.name not in allowed:
            yield LayoutProblem("layout-filter", path, one.lineno, {"name": one.name})


def _unescaped(path: str, tree: nodes.Template) -> Iterator[LayoutProblem]:
    """A block `autoescape` would let a fact bring its own marks into the paper."""
    for one in tree.find_all(nodes.EvalContextModifier):
        yield LayoutProblem("layout-filter", path, one.lineno, {"name": "autoescape"})


def _includes(path: str, tree: nodes.Template, names: frozenset[str]) -> Iterator[LayoutProblem]:
    for one in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        asked = getattr(one, "template", None)
        wanted = asked.value if isinstance(asked, nodes.Const) else None
        if not isinstance(wanted, str) or wanted not in names:
            yield LayoutProblem("layout-include", path, one.lineno, {"name": str(wanted or "?")})


def _unknown_names(path: str, tree: nodes.Template, known: frozenset[str]) -> Iterator[LayoutProblem]:
    # `m` comes from base.html, which every layout extends: an import of a parent reaches its blocks.
    unknown = meta.find_undeclared_variables(tree) - known - {"m"}
    lines: dict[str, int] = {}
    for one in tree.find_all(nodes.Name):
        if one.name in unknown and one.ctx == "load":
            lines.setdefault(one.name, one.lineno)
    for name in sorted(unknown):
        yield LayoutProblem("layout-name", path, lines.get(name, 0), {"name": name})


def _in_style(path: str, text: str) -> Iterator[LayoutProblem]:
    plain = _COMMENT.sub(lambda match: "\n" * match.group().count("\n"), text)
    for number, line in enumerate(plain.splitlines(), start=1):
        if _CSS_POINTS.search(line):
            yield LayoutProblem("layout-address", path, number)
