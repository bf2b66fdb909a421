"""Where the files of a release come from, and what a single file finds around it."""

from __future__ import annotations

import json

import pytest

from tests.workflows.lint import sheet
from workflows import bundle
from workflows.lint import lint, lint_paths
from workflows.listing import listing
from workflows.model import Bundle

CALLS = sheet.process(sheet.start(), sheet.call("it", "neighbour"), sheet.end(), sheet.line("start", "it", "end"))


def flow_of(own: str) -> bytes:
    return sheet.definitions(sheet.process(sheet.start(), sheet.user("ask"), sheet.end(), own=own))


@pytest.fixture
def shipped() -> Bundle:
    files = sheet.bundle(sheet.start(), sheet.end()).files
    return Bundle({**files, "shipped.bpmn": flow_of("shipped"), "i18n/en.json": b"{}"})


def test_a_folder_is_read_with_its_decisions_forms_roles_and_papers(tmp_path):
    for path in (
        "a.bpmn",
        "decisions/d.dmn",
        "forms/f.form",
        "roles.json",
        "i18n/en.json",
        "notes.txt",
        ".hidden.bpmn",
    ):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("x")
    papers = tmp_path / "papers"
    (papers / "kinds").mkdir(parents=True)
    (papers / "kinds" / "k.json").write_text("{}")
    files = bundle.read_folder(tmp_path, papers).files
    assert set(files) == {
        "a.bpmn",
        "decisions/d.dmn",
        "forms/f.form",
        "roles.json",
        "i18n/en.json",
        "documents/kinds/k.json",
    }


def test_the_hash_is_that_of_the_content_and_its_place():
    one, same, moved = Bundle({"a": b"1", "b": b"2"}), Bundle({"b": b"2", "a": b"1"}), Bundle({"a": b"1b", "2": b""})
    assert one.hash == same.hash
    assert one.hash != moved.hash


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        bundle.read_folder(tmp_path / "none")


def test_a_file_finds_its_neighbours_first_and_then_the_shipped_release(tmp_path, shipped):
    (tmp_path / "mine.bpmn").write_bytes(sheet.definitions(CALLS.replace('id="p"', 'id="mine"')))
    (tmp_path / "neighbour.bpmn").write_bytes(flow_of("neighbour"))
    (tmp_path / "broken.bpmn").write_bytes(b"<")
    around, own = bundle.for_file(tmp_path / "mine.bpmn", shipped)
    assert own == {"mine.bpmn"}
    assert lint(around, sheet.VOCABULARY, own) == []
    assert lint_paths([tmp_path / "mine.bpmn"], shipped, sheet.VOCABULARY) == []


def test_neighbours_with_the_same_process_give_way_to_the_file_itself(tmp_path, shipped):
    for name in ("one", "two", "shipped"):
        (tmp_path / f"{name}.bpmn").write_bytes(flow_of("shipped"))
    around, own = bundle.for_file(tmp_path / "two.bpmn", shipped)
    assert [path for path in around.files if b'id="shipped"' in around.files[path]] == list(own)
    assert not any(path.startswith("i18n/") for path in around.files)


def test_a_form_in_a_forms_folder_is_read_in_the_folder_above(tmp_path, shipped):
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "mine.form").write_text(json.dumps({**sheet.FORM, "id": "consent"}))
    around, own = bundle.for_file(tmp_path / "forms" / "mine.form", shipped)
    assert own == {"forms/mine.form"}
    assert "forms/consent.form" not in around.files


def test_single_files_are_placed_by_their_kind(tmp_path):
    (tmp_path / "x.form").write_text("{}")
    (tmp_path / "y.dmn").write_text("<a/>")
    assert set(bundle.read_files([tmp_path / "x.form", tmp_path / "y.dmn"]).files) == {
        "forms/x.form",
        "decisions/y.dmn",
    }


def test_the_listing_says_who_does_what_by_when_and_on_which_ground():
    release = sheet.bundle(sheet.start(), sheet.user("ask"), sheet.end(), sheet.line("start", "ask", "end"))
    task = {
        "id": "ask",
        "name": "询问",
        "role": "clerk",
        "form": "consent",
        "deadline": "=working_days(3)",
        "ground": "《人民调解法》第十一条",
    }
    assert listing(release) == [{"process": "p", "name": "p", "tasks": [task]}]
    assert listing(Bundle({"broken.bpmn": b"<"})) == []


def test_a_folder_is_judged_as_a_whole_and_findings_carry_the_path_as_given(tmp_path, shipped):
    for name in ("one", "two"):
        (tmp_path / f"{name}.bpmn").write_bytes(flow_of("same"))
    (tmp_path / "roles.json").write_text("{")
    found = lint_paths([tmp_path], shipped, sheet.VOCABULARY)
    assert {(one.code, one.file) for one in found} >= {
        ("duplicate-process", str(tmp_path / "two.bpmn")),
        ("broken-json", str(tmp_path / "roles.json")),
    }


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("a.txt", b"hello", "broken-xml"), ("a.json", b"{}", "wrong-shape"), ("a.xml", b"<a/>", "not-bpmn"),
     ("a.bpmn", b"x" * (bundle.LARGEST_FILE + 1), "file-too-large")],
)  # fmt: skip
def test_a_file_of_any_name_is_answered_with_a_sentence(tmp_path, shipped, name, content, code):
    (tmp_path / name).write_bytes(content)
    found = lint_paths([tmp_path / name], shipped)
    assert [(one.code, one.file) for one in found] == [(code, str(tmp_path / name))]


def test_a_file_that_is_not_there_is_a_finding_too(tmp_path, shipped):
    assert [one.code for one in lint_paths([tmp_path / "none.bpmn"], shipped)] == ["unreadable"]
