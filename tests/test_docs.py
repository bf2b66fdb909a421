"""The guides say what is true: commands run, links lead somewhere, tables agree with the program, in both languages."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from mediation import catalogue
from mediation.case_view import CASE_SCHEMA
from mediation.cli import group
from mediation.config import SETTINGS
from mediation.effects import EFFECTS
from mediation.functions import feel_functions
from mediation.vocabulary import shipped_vocabulary
from tests.preloaded import preloaded
from tools import reference
from workflows import bundle, compile, dialect, forms
from workflows.lint import codes
from workflows.model import Bundle

ROOT = Path(__file__).resolve().parent.parent
GUIDES = (
    "desk", "agencies", "grid", "supervisors", "residents", "operators", "flows", "feel", "lint-codes", "developers",
)  # fmt: skip
PAIRS = [("README.md", "README.zh-CN.md"), *((f"docs/en/{name}.md", f"docs/zh/{name}.md") for name in GUIDES)]
PAGES = sorted({page for pair in PAIRS for page in pair} | {"CHANGES.md", "docs/README.md"})
LANGUAGES = ("en", "zh")
FENCE = re.compile(
    r"^(?:<!-- not run: (?P<why>.+?) -->\n)?```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
# What BPMN knows and the engine does not run; the guide says what to draw instead.
REFUSED = {"task", "manualTask", "transaction", "adHocSubProcess", "complexGateway"}


def read(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def prose(page: str) -> str:
    """The page without its fenced blocks."""
    return FENCE.sub("", read(page))


def fences(page: str, kind: str) -> list[re.Match[str]]:
    return [found for found in FENCE.finditer(read(page)) if found["kind"] == kind]


def headings(page: str) -> list[tuple[int, str]]:
    return [(len(marks), text.strip()) for marks, text in re.findall(r"^(#+) (.+)$", prose(page), re.MULTILINE)]


def anchor(heading: str) -> str:
    """The fragment that a heading answers to, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {anchor(text) for _, text in headings(str(page.resolve().relative_to(ROOT)))}


def table(page: str, first: str) -> list[list[str]]:
    """The rows of the table whose first heading is `first`, cells without their bars."""
    found = re.search(rf"^\| {re.escape(first)} \|.*\n\|[-| ]+\|\n((?:\|.*\|\n?)+)", read(page), re.MULTILINE)
    assert found, f"{page} has no table of “{first}”"
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip("|"))] for row in found[1].strip().split("\n")]


def code(cell: str) -> str:
    return cell.strip("*` ")


# --- both languages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("english", "chinese"), PAIRS)
def test_both_languages_have_the_same_sections(english: str, chinese: str) -> None:
    assert [level for level, _ in headings(english)] == [level for level, _ in headings(chinese)]


@pytest.mark.parametrize(("english", "chinese"), PAIRS)
def test_both_languages_show_the_same_commands(english: str, chinese: str) -> None:
    def commands(page: str) -> list[str]:
        return [re.sub(r"\s+#.*", "", found["text"]) for found in fences(page, "sh")]

    assert commands(english) == commands(chinese)


@pytest.mark.parametrize(("english", "chinese"), PAIRS)
def test_both_languages_have_tables_of_the_same_size(english: str, chinese: str) -> None:
    def rows(page: str) -> int:
        return len(re.findall(r"^\|", prose(page), re.MULTILINE))

    assert rows(english) == rows(chinese)


@pytest.mark.parametrize("page", [chinese for _, chinese in PAIRS])
def test_chinese_pages_are_in_chinese(page: str) -> None:
    assert len(re.findall(r"[\u4e00-\u9fff]", prose(page))) > 300


# --- links and pictures -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        path, _, fragment = unquote(target).partition("#")
        if "://" in path:
            continue
        found = (ROOT / page).parent / path if path else ROOT / page
        if not found.exists() or (fragment and fragment not in anchors(found)):
            lost.append(target)
    assert lost == []


def test_every_picture_is_shown_and_small() -> None:
    shown = set(re.findall(r"\(docs/(pictures/[\w-]+\.png)\)", read("README.md")))
    assert shown == {f"pictures/{path.name}" for path in (ROOT / "docs" / "pictures").glob("*.png")}
    assert [path for path in shown if (ROOT / "docs" / path).stat().st_size > 150_000] == []


@pytest.mark.parametrize("page", PAGES)
def test_pictures_have_words_for_those_who_do_not_see_them(page: str) -> None:
    assert [alt for alt in re.findall(r"!\[([^\]]*)\]", read(page)) if len(alt) < 5] == []


# --- commands ---------------------------------------------------------------------------------------------------------


def run_blocks() -> Iterator[object]:
    seen = set()
    for page in PAGES:
        for number, found in enumerate(FENCE.finditer(read(page))):
            text = found["text"]
            ours = text.startswith(("mediation ", "make help", "echo "))
            if found["kind"] == "sh" and ours and not found["why"] and text not in seen:
                seen.add(text)
                follows = re.match(r"\n+```text\n(.*?)^```$", read(page)[found.end() :], re.MULTILINE | re.DOTALL)
                yield pytest.param(text, follows[1] if follows else None, id=f"{page}-{number}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder like the program's own, with an empty database that the commands may fill."""
    place = tmp_path_factory.mktemp("commands")
    for name in ("bpmn", "docs", "documents", "Makefile", ".venv"):
        (place / name).symlink_to(ROOT / name)
    installed = _run("mediation upgrade", place, ROOT / ".venv" / "bin")
    assert installed.returncode == 0, installed.stderr
    with preloaded(place):
        yield place


def _run(script: str, place: Path, commands: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": f"{commands}:{os.environ['PATH']}", "HOME": str(place), "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT), "MEDIATION_DATABASE": f"sqlite:///{place / 'commands.sqlite'}",
        "MEDIATION_OUTBOX": str(place / "outbox"),
    }  # fmt: skip
    shell = ["bash", "-euo", "pipefail", "-c", script]
    return subprocess.run(shell, cwd=place, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(("script", "answer"), list(run_blocks()))
def test_commands_do_what_the_guides_say(script: str, answer: str | None, folder: Path) -> None:
    done = _run(script, folder, folder / "bin")
    assert done.returncode == 0, done.stderr
    if answer is not None:
        assert done.stdout.split("\n") == answer.split("\n")


def command_lines() -> Iterator[object]:
    for page in PAGES:
        for found in fences(page, "sh"):
            for line in found["text"].splitlines():
                if line.startswith("mediation "):
                    yield pytest.param(line, id=f"{page}-{line[:40]}")


@pytest.mark.parametrize("line", list(command_lines()))
def test_commands_and_their_options_exist(line: str) -> None:
    words = shlex.split(line)[1:]
    found: click.Command = group
    while isinstance(found, click.Group) and words:
        found = found.get_command(click.Context(found), words.pop(0)) or pytest.fail(f"no such command: {line}")
    known = {option for parameter in found.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= known


def test_what_is_not_run_says_why() -> None:
    unsaid = [
        (page, found["text"])
        for page in PAGES
        for found in fences(page, "sh")
        if not found["why"] and not found["text"].startswith(("mediation ", "make help", "echo ", "make run     #"))
    ]
    assert unsaid == []


# --- what the program knows -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", reference.BLOCKS)
def test_tables_made_from_the_program_are_fresh(page: str) -> None:
    assert reference.renewed(page) == read(page), "run `python -m tools.reference`"


def test_every_setting_is_explained_in_chinese() -> None:
    assert list(reference.SETTINGS_IN_CHINESE) == [setting.name for setting in SETTINGS]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lint_code_says_what_to_draw(language: str) -> None:
    page = read(f"docs/{language}/lint-codes.md")
    assert [code.code for code in codes() if f"| `{code.code}` |" not in page] == []


def test_every_function_of_feel_has_an_example() -> None:
    assert reference.unshown_functions() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_functions_of_the_case_manager_are_described(language: str) -> None:
    rows = table(f"docs/{language}/feel.md", {"en": "Function", "zh": "函数"}[language])
    assert {code(row[0]).partition("(")[0] for row in rows} == set(feel_functions())


def flat_schema() -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, kind in CASE_SCHEMA.items():
        flat[f"case.{name}"] = kind if isinstance(kind, str) else "context"
        if not isinstance(kind, str):
            flat |= {f"case.{name}.{part}": inner for part, inner in kind.items()}
    return flat


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_case_is_described_as_it_is(language: str) -> None:
    rows = table(f"docs/{language}/flows.md", {"en": "Field", "zh": "字段"}[language])
    assert {code(row[0]): row[1] for row in rows} == flat_schema()


@pytest.mark.parametrize("language", LANGUAGES)
def test_effects_are_described_with_their_headers(language: str) -> None:
    rows = table(f"docs/{language}/flows.md", {"en": "Effect", "zh": "动作"}[language])
    told = {code(name): set(re.findall(r"`([\w-]+)`", headers)) for name, headers, _ in rows}
    required = {code(name): set(re.findall(r"\*\*`([\w-]+)`\*\*", headers)) for name, headers, _ in rows}
    assert shipped_vocabulary().effects, "asking for it makes the slices register"
    assert told == {name: set(effect.arguments) for name, effect in EFFECTS.items()}
    assert required == {name: set(effect.required) for name, effect in EFFECTS.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_bindings_are_described(language: str) -> None:
    rows = table(f"docs/{language}/flows.md", {"en": "Binding", "zh": "绑定"}[language])
    assert {code(row[0]) for row in rows} == shipped_vocabulary().bindings


@pytest.mark.parametrize("language", LANGUAGES)
def test_papers_mails_lists_and_messages_are_named(language: str) -> None:
    page, known = read(f"docs/{language}/flows.md"), shipped_vocabulary()
    names = [*(known.papers or ()), *(known.templates or ()), *(known.lists or ()), *(known.messages or ())]
    assert names, "the vocabulary is not empty"
    assert [name for name in names if f"`{name}`" not in page] == []


# --- drawings in the guide --------------------------------------------------------------------------------------------


def drawn(page: str) -> dialect.Diagram:
    """The fragments of the guide in one process, with flows enough to be read."""
    inside = "\n".join(found["text"] for found in fences(page, "xml"))
    head = (
        f'<bpmn:definitions xmlns:bpmn="{dialect.BPMN}" xmlns:zeebe="{dialect.ZEEBE}" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><bpmn:process id="guide" isExecutable="true">'
    )
    return dialect.read(page, f"{head}{inside}</bpmn:process></bpmn:definitions>".encode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_draws_every_element_that_can_be_run(language: str) -> None:
    diagram = drawn(f"docs/{language}/flows.md")
    shown = {element.kind for element in diagram.processes[0].elements.values()}
    assert dialect.FLOW_NODES - REFUSED - shown == {"sendTask"}  # drawn like a service task, and the text says so
    assert [found.code for found in diagram.problems if found.severity == "error"] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_forms_of_the_guide_are_forms(language: str) -> None:
    shown = [found["text"] for found in fences(f"docs/{language}/flows.md", "json") if '"components"' in found["text"]]
    assert [problem for text in shown for problem in forms.problems(text.encode(), "guide.form")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_kinds_of_fields_are_all_named(language: str) -> None:
    page = read(f"docs/{language}/flows.md")
    assert [kind for kind in forms.KINDS if f"`{kind}`" not in page] == []


def test_the_example_can_be_run() -> None:
    own = bundle.read_folder(ROOT / "docs" / "examples")
    around = Bundle({"roles.json": (ROOT / "bpmn" / "roles.json").read_bytes(), **own.files})
    assert set(compile.compile_bundle(around).processes) == {"quiet_hours"}


# --- words on the pages -----------------------------------------------------------------------------------------------


@cache
def words_of_pages(language: str) -> set[str]:
    """What stands on buttons, tabs and fields: the texts of code and templates, and those of the shipped forms."""
    if language == "en":
        texts = {str(message.id) for message in catalogue.sources()}
        told = json.loads(read("bpmn/i18n/en.json"))["forms"]
        return texts | set(strings(told))
    texts = {str(message.string) for message in catalogue.translations()}
    return texts | {
        text for path in (ROOT / "bpmn" / "forms").iterdir() for text in strings(json.loads(path.read_bytes()))
    }


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("guide", ["desk", "agencies", "grid", "supervisors", "residents", "operators"])
def test_what_the_guides_tell_to_press_is_there(guide: str, language: str) -> None:
    named = re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", prose(f"docs/{language}/{guide}.md"))
    assert sorted(set(named) - words_of_pages(language)) == []


# --- manners ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_no_machine_and_nobody_in_particular_is_named(page: str) -> None:
    named = re.findall(r"/(?:work|root|tmp|home)/\S*|pypi\.org\S*|registry\.npmjs\S*|localhost:\d+", read(page))
    assert named == []
