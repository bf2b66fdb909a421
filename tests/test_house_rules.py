"""Rules that execute rather than rules that are remembered: floors, marks, commits, names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("workflows", "documents", "mediation")
SLICES = (
    "accounts", "cases", "duty", "tasks", "meetings", "groups", "agreements", "papers", "notices", "referrals", "risk", "grid",
    "supervision", "signing", "delivery", "dossiers",
)  # fmt: skip
FACES = ("portal", "admin", "oversight")
# Floors from the cellar up: nobody imports a floor above its own.
FLOORS = {
    "workflows": 0,
    "documents": 0,
    **dict.fromkeys(("clock", "config", "words", "assets", "logs", "catalogue"), 1),
    **dict.fromkeys(("extensions", "crypto", "models"), 2),
    **dict.fromkeys(
        (
            "journal",
            "permissions",
            "access",
            "effects",
            "deadlines",
            "releases",
            "schema",
            "storage",
            "queues",
            "house_rules",
            "neighbours",
            "standing",
            "rosters",
        ),
        3,
    ),
    **dict.fromkeys(("entries", "case_view", "clocks", "functions", "mirror"), 4),
    "flow": 5,
    **dict.fromkeys(("requests", "forms", "roles", "health"), 6),
    **dict.fromkeys(("frame", "codes"), 7),
    **dict.fromkeys(SLICES, 8),
    **dict.fromkeys(("vocabulary", "doctor"), 9),
    **dict.fromkeys(FACES, 10),
    **dict.fromkeys(("scheduler", "demo", "simulation", "server", "cli", "commands"), 11),
}


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def imports_of(path: Path) -> Iterator[tuple[str, int]]:
    """Every module that a file imports, `from a import b` as a.b where b is a module of ours."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((name.name, node.lineno) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
            for name in node.names:
                parts = node.module.split(".") + [name.name]
                if (ROOT.joinpath(*parts).with_suffix(".py")).exists() or ROOT.joinpath(*parts).is_dir():
                    yield ".".join(parts), node.lineno


def floor_of(module: str) -> int | None:
    parts = module.split(".")
    if parts[0] in ("workflows", "documents"):
        return 0
    return FLOORS.get(parts[1]) if parts[0] == "mediation" and len(parts) > 1 else None


def own_module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def test_every_module_has_a_floor() -> None:
    known = {
        path.stem if path.parent.name == "mediation" else path.relative_to(ROOT / "mediation").parts[0]
        for path in sources("mediation")
    }
    assert known - {"__init__", "migrations", "static"} <= set(FLOORS)


def test_imports_point_down() -> None:
    wrong = [
        f"{own_module(path)}:{line} imports {module}"
        for path in sources("mediation")
        for module, line in imports_of(path)
        if (own := floor_of(own_module(path))) is not None and (other := floor_of(module)) is not None and other > own
    ]
    assert wrong == []


def test_the_pure_floors_know_no_web_no_database_and_no_clock() -> None:
    forbidden = ("flask", "sqlalchemy", "mediation", "requests", "socket", "urllib.request", "smtplib")
    wrong = [
        f"{own_module(path)}:{line} imports {module}"
        for path in sources("workflows", "documents")
        for module, line in imports_of(path)
        if (module.split(".")[0] in forbidden or module in forbidden)
        # The render workers are processes of our own, spoken to through a socket pair.
        and (own_module(path), module) != ("documents.workers", "socket")
    ]
    assert wrong == []


def test_only_the_engine_room_knows_spiffworkflow() -> None:
    wrong = [
        own_module(path)
        for path in [*sources("mediation", "documents"), ROOT / "app.py"]
        for module, _ in imports_of(path)
        if module.startswith("SpiffWorkflow")
    ]
    assert wrong == []


def test_faces_do_not_import_each_other() -> None:
    wrong = [
        f"{own_module(path)} imports {module}"
        for face in FACES
        for path in sources(f"mediation/{face}")
        for module, _ in imports_of(path)
        if any(module.startswith(f"mediation.{other}") for other in FACES if other != face)
    ]
    assert wrong == []


def test_slices_meet_without_circles() -> None:
    edges = {
        slice_: {
            module.split(".")[1]
            for path in sources(f"mediation/{slice_}")
            for module, _ in imports_of(path)
            if module.startswith("mediation.") and module.split(".")[1] in SLICES and module.split(".")[1] != slice_
        }
        for slice_ in SLICES
    }

    def reaches(start: str, goal: str, seen: frozenset[str]) -> bool:
        return any(
            after == goal or (after not in seen and reaches(after, goal, seen | {after})) for after in edges[start]
        )

    assert [slice_ for slice_ in SLICES if reaches(slice_, slice_, frozenset())] == []


# Where a transaction may end: routes, jobs, the demonstration centre, `command()` itself, and what logs a crash.
ROUTES = re.compile(r"^@\w+\.(get|post|route)\(", re.MULTILINE)
COMMITTERS = {"mediation.extensions"}


def test_only_the_outermost_functions_commit() -> None:
    wrong = [
        own_module(path)
        for path in sources("mediation")
        if "session.commit()" in (text := path.read_text("utf-8"))
        and not ROUTES.search(text)
        and own_module(path) not in COMMITTERS
    ]
    assert wrong == []


def test_the_actor_is_handed_down_and_never_looked_up() -> None:
    allowed = {"mediation.access.routes", "mediation.frame", "mediation.requests", "mediation.accounts.views"}
    wrong = [
        own_module(path)
        for path in sources("mediation")
        if "current_user" in path.read_text("utf-8") and own_module(path) not in allowed
    ]
    assert wrong == []


def test_nobody_asks_the_machine_for_the_time() -> None:
    asking = re.compile(r"datetime\.now\(|date\.today\(|utcnow\(|time\.time\(")
    allowed = {"mediation.clock", "mediation.logs", "mediation.doctor"}
    wrong = [
        own_module(path)
        for path in sources(*PACKAGES)
        if asking.search(path.read_text("utf-8")) and own_module(path) not in allowed
    ]
    assert wrong == []


@pytest.mark.parametrize("word", ["utils", "helpers", "manager", "service", "misc", "common"])
def test_no_drawer_modules(word: str) -> None:
    assert [path for path in sources(*PACKAGES) if path.stem == word] == []


def test_every_module_says_why_it_exists() -> None:
    silent = [
        own_module(path)
        for path in sources(*PACKAGES, "bench")
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_templates_trust_nothing() -> None:
    wrong = [
        path.name for path in (ROOT / "templates").rglob("*.html") if re.search(r"\|\s*safe\b", path.read_text("utf-8"))
    ]
    assert wrong == []


def test_no_python_is_evaluated() -> None:
    wrong = []
    for path in sources(*PACKAGES):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("eval", "exec", "compile")
            ):
                wrong.append(f"{own_module(path)}:{node.lineno}")
    assert wrong == []


def test_no_text_hides_from_the_catalogue() -> None:
    """Whoever collects the texts does not look into f-strings: a text in one of them would stay English."""
    wrong = [
        f"{own_module(path)}:{node.lineno}"
        for path in sources(*PACKAGES)
        for joined in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(joined, ast.JoinedStr)
        for node in ast.walk(joined)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "gettext", "ngettext")
    ]
    assert wrong == []


def test_every_route_bears_a_mark(built_app) -> None:
    unmarked = [
        rule.endpoint
        for rule in built_app.url_map.iter_rules()
        if rule.endpoint != "static" and not hasattr(built_app.view_functions[rule.endpoint], "access")
    ]
    assert unmarked == []


def test_no_route_that_changes_something_answers_to_get(built_app) -> None:
    changing = re.compile(r"\.commit\(\)")
    wrong = []
    for rule in built_app.url_map.iter_rules():
        view = built_app.view_functions[rule.endpoint]
        if rule.methods and "GET" in rule.methods and "POST" not in rule.methods and rule.endpoint != "static":
            source = Path(view.__code__.co_filename).read_text("utf-8").splitlines()
            begin = view.__code__.co_firstlineno - 1
            body = "\n".join(source[begin : begin + 40]).split("\n@bp", 1)[0].split("\n@routes", 1)[0]
            if changing.search(body.split("\n\n\n", 1)[0]):
                wrong.append(rule.endpoint)
    assert wrong == []
