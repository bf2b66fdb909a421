"""The `mediation` command: what it prints, how it ends, and that a bad file or a bad word never ends in a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from app import create_app
from mediation import schema
from mediation.cli import COMMANDS, group
from mediation.config import ROOT
from mediation.extensions import command, db

TRIAGE = str(ROOT / "bpmn" / "decisions" / "triage.dmn")
NEWCOMER = text("SELECT count(*) FROM user_account WHERE login = 'newcomer'")
DRAWING = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">{}</definitions>'


def mediation(*arguments: str) -> Result:
    return CliRunner().invoke(group, list(arguments))


def written(folder: Path, name: str, content: str | bytes) -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def test_every_command_is_there_and_explains_itself() -> None:
    for name in COMMANDS:
        found = group.get_command(click.Context(group), name)
        assert found is not None
        assert found.help


def test_feel_loads_neither_tables_nor_engine() -> None:
    heavy = "sqlalchemy", "SpiffWorkflow", "weasyprint", "gunicorn"
    code = f"import sys, mediation.cli, mediation.commands.consoles; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("expression", "printed"),
    [("-5", "-5"), ("0.1 + 0.2", "0.3"), ("金额 * 3", "301.5"), ('date("2026-01-31")', '"2026-01-31"'), ("null", "null")],
)
def test_feel_prints_json(expression: str, printed: str, tmp_path: Path) -> None:
    context = written(tmp_path, "context.json", '\ufeff{"金额": 100.50}')
    done = mediation("feel", expression, "--context", context)
    assert (done.exit_code, done.stdout.strip()) == (0, printed)


def test_feel_knows_the_day() -> None:
    assert mediation("feel", "today() = date(now())").stdout.strip() == "true"


@pytest.mark.parametrize(
    "arguments",
    [
        ("feel", "1 +"),
        ("feel", "1", "--context", "nowhere.json"),
        ("feel", "for i in 1..20000 return i"),
        ("feel", "--batch", "nowhere.jsonl"),
        ("decide", TRIAGE, "no such decision"),
        ("decide", "nowhere.dmn", "triage"),
        ("decide", str(ROOT), "triage"),
    ],
)
def test_a_refusal_goes_to_standard_error_and_exits_2(arguments: tuple[str, ...]) -> None:
    done = mediation(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_a_batch_answers_line_by_line_whatever_stands_there(tmp_path: Path) -> None:
    lines = ['{"expression": "x + 1", "context": {"x": 1}}', "nonsense", "[]", "", '{"expression": 5}', '{"expression": "1 +"}']
    done = mediation("feel", "--batch", written(tmp_path, "lines.jsonl", "\n".join(lines)))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert answers[0] == {"value": 2}
    assert [list(answer) for answer in answers[1:]] == [["error"]] * 4


def test_decide_takes_a_decision_by_its_name(tmp_path: Path) -> None:
    context = written(tmp_path, "context.json", "{}")
    by_id, by_name = (mediation("decide", TRIAGE, named, "--context", context) for named in ("triage", "研判分流建议"))
    assert by_id.exit_code == 0
    assert json.loads(by_id.stdout)["route"] == "peoples_mediation"
    assert by_name.stdout == by_id.stdout


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("text.bpmn", "hello"),
        ("empty.bpmn", ""),
        ("noise.bpmn", bytes(range(256))),
        ("noise.dmn", bytes(range(256))),
        ("noise.form", bytes(range(256))),
        ("cut.bpmn", (ROOT / "bpmn" / "intake.bpmn").read_bytes()[:2000]),
        ("cut.dmn", Path(TRIAGE).read_bytes()[:2000]),
        ("odd.form", '{"components": 3}'),
        ("nested.form", "[" * 100_000),
        ("deep.bpmn", DRAWING.format("<process id='p'>" + "<subProcess>" * 3000 + "</subProcess>" * 3000 + "</process>")),
        ("entities.bpmn", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + DRAWING.format("&a;")),
    ],
)
def test_lint_answers_a_broken_file_with_a_sentence_and_exit_1(name: str, content: str | bytes, tmp_path: Path) -> None:
    done = mediation("lint", written(tmp_path, name, content))
    assert done.exit_code == 1
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert f"{name}" in done.stdout
    assert " error " in done.stdout


def test_lint_of_a_file_that_is_not_there(tmp_path: Path) -> None:
    done = mediation("lint", str(tmp_path / "nowhere.bpmn"))
    assert done.exit_code == 1
    assert "unreadable" in done.stdout


def test_lint_needs_no_settings_and_passes_what_is_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIATION_MODE", "production")
    monkeypatch.setenv("MEDIATION_DATABASE", "sqlite:////nowhere/at/all.sqlite")
    assert mediation("lint", *map(str, sorted((ROOT / "bpmn").glob("*.bpmn")))).exit_code == 0


def test_flows_lists_every_process_with_its_tasks() -> None:
    listed = json.loads(mediation("flows", "--json").stdout)
    assert {"intake", "peoples_mediation", "judicial_confirmation", "performance_and_visits"} <= {
        process["process"] for process in listed
    }
    assert {tuple(process) for process in listed} == {("process", "name", "tasks")}
    tasks = [task for process in listed for task in process["tasks"]]
    assert {tuple(sorted(task)) for task in tasks} == {("deadline", "form", "ground", "id", "name", "role")}
    assert all(all(task.values()) for task in tasks)


def test_a_command_with_refused_settings_says_why_and_exits_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIATION_MODE", "production")
    done = mediation("doctor")
    assert done.exit_code == 2
    assert "MEDIATION_SECRET_KEY" in done.stderr


def test_the_first_start_makes_the_folder_of_the_database(tmp_path: Path) -> None:
    fresh = create_app({"DATABASE": f"sqlite:///{tmp_path / 'not' / 'yet' / 'house.sqlite'}"})
    with fresh.app_context():
        schema.upgrade()
        assert schema.is_up_to_date()
        db.engine.dispose()


def run_in(app: Any, *arguments: str) -> Result:
    """The command over the test's own database."""
    return app.test_cli_runner().invoke(group, list(arguments))


@pytest.mark.parametrize(
    ("login", "role", "password", "told"),
    [
        ("newcomer", "mediator@committee", "a long sentence of 9 words", ""),
        ("clerk", "mediator@committee", "a long sentence of 9 words", "clerk"),
        ("newcomer", "mediator@nowhere", "a long sentence of 9 words", "nowhere"),
        ("newcomer", "wizard@committee", "a long sentence of 9 words", "wizard"),
        ("newcomer", "mediator", "a long sentence of 9 words", "ROLE@AGENCY"),
        ("newcomer", "mediator@committee", "short", "10"),
    ],
)
def test_an_account_from_the_shell(app: Any, house: Any, login: str, role: str, password: str, told: str) -> None:
    done = run_in(app, "user", "add", login, "--name", "陈新", "--role", role, "--password", password)
    assert (done.exit_code == 0) == (told == ""), done.output
    assert told.lower() in done.output.lower()
    assert "Traceback" not in done.output
    assert (bool(db.session.scalar(NEWCOMER))) == (told == "")


def test_a_changed_row_of_the_journal_is_found_from_the_shell(app: Any, house: Any) -> None:
    assert run_in(app, "journal", "verify").exit_code == 0
    with command():
        db.session.execute(text("UPDATE entry SET action = 'nothing' WHERE id = (SELECT min(id) FROM entry)"))
    done = run_in(app, "journal", "verify")
    assert done.exit_code == 1
    assert "do not hold" in done.output
