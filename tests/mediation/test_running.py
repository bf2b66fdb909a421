"""Settings, secrets, health and the scheduler: what keeps the program honest while it runs."""

from __future__ import annotations

import json
import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app import create_app
from mediation import clock, config, crypto, doctor, scheduler
from mediation.extensions import command, db
from mediation.logs import JsonLines
from mediation.models import Beat, Party

GOOD = {
    "MODE": "production",
    "SECRET_KEY": "s" * 40,
    "DATA_KEY": "d" * 40,
    "TLS": "proxy",
    "PUBLIC_URL": "https://centre.example",
    "DATABASE": "sqlite://",
}


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SECRET_KEY", config.DEMO_SECRET, "SECRET_KEY"),
        ("DATA_KEY", "short", "DATA_KEY"),
        ("DATA_KEY", f"{'d' * 40},{config.DEMO_SECRET}", "DATA_KEY"),
        ("TLS", "", "TLS"),
        ("PUBLIC_URL", "http://centre.example", "https"),
        ("MODE", "staging", "demo or production"),
    ],
)
def test_production_refuses_to_start_with(name: str, value: str, told: str) -> None:
    with pytest.raises(config.ConfigurationRefused, match=told):
        create_app({**GOOD, name: value})


def test_production_refuses_debug() -> None:
    assert config.refusals({**config.read({}), **GOOD}, debug=True) == ["debug must be off"]


def test_production_starts_with_everything_said() -> None:
    app = create_app(GOOD)
    assert app.config["SESSION_COOKIE_SECURE"]


def test_host_and_port_are_read_with_and_without_the_prefix() -> None:
    assert config.read({"PORT": "8080"})["PORT"] == 8080
    assert config.read({"PORT": "8080", "MEDIATION_PORT": "9090"})["PORT"] == 9090


def test_what_is_encrypted_is_unreadable_and_comes_back(app: Any) -> None:
    hidden = crypto.encrypt("110101199001011234")
    assert "1990" not in hidden
    assert crypto.decrypt(hidden) == "110101199001011234"


def test_an_identity_number_is_found_by_its_hash_however_it_is_typed(app: Any) -> None:
    assert crypto.keyed_hash("11010119900101123x", "id") == crypto.keyed_hash(" 11010119900101123X ", "id")
    assert crypto.keyed_hash("1", "id") != crypto.keyed_hash("1", "origin")


def test_an_older_key_still_opens_what_it_locked(app: Any) -> None:
    hidden = crypto.encrypt("x")
    app.extensions.pop("mediation-cipher")
    before, app.config["DATA_KEY"] = app.config["DATA_KEY"], f"another key,{app.config['DATA_KEY']}"
    try:
        assert crypto.decrypt(hidden) == "x"
    finally:
        app.config["DATA_KEY"] = before
        app.extensions.pop("mediation-cipher")


def test_identity_numbers_do_not_lie_open_in_the_database(house: Any) -> None:
    from mediation.cases import operations
    from mediation.demo.playing import registration
    from mediation.demo.stories import STORIES

    dispute = registration(STORIES[0])
    dispute["parties"][0]["id_number"] = "110101199003070118"
    with command():
        operations.register_dispute(dispute, by=house.users["clerk"])
    stored = db.session.execute(text("SELECT id_number FROM party WHERE id_number IS NOT NULL")).scalars().all()
    assert stored
    assert all("110101" not in value for value in stored)
    assert "110101199003070118" in {party.id_number for party in db.session.query(Party)}


def test_alive_and_ready(app: Any) -> None:
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503  # no scheduler has beaten yet
    scheduler.beat()
    assert client.get("/readyz").json["checks"] == {
        "database": True,
        "migrations": True,
        "scheduler": True,
        "disk": True,
    }
    clock.set_clock(clock.now() + timedelta(minutes=10))
    assert not client.get("/readyz").json["checks"]["scheduler"]


def test_one_round_of_every_job_on_an_empty_house(app: Any, house: Any) -> None:
    counts = scheduler.run_once(app)
    assert set(counts) == {name for name, _seconds, _job in scheduler.JOBS}
    assert db.session.get(Beat, "scheduler") is not None


def test_the_doctor_looks_at_everything(app: Any) -> None:
    names = [finding.name for finding in doctor.examine()]
    assert names == ["libraries and fonts", "database", "migrations", "secrets", "clock", "holidays", "seals", "disk"]
    assert [finding.name for finding in doctor.examine() if finding.fatal and not finding.good] == []


def test_the_doctor_speaks_chinese_on_the_page_and_english_on_the_command_line(
    app: Any, house: Any, sign_in: Any
) -> None:
    page = sign_in("system_admin").get("/admin/system").get_text()
    for finding in doctor.examine("zh"):
        assert finding.message in page or finding.name in ("clock", "disk")  # they go on counting
        assert re.search("[一-鿿]", finding.message + finding.advice), finding.name
    assert not any(re.search("[一-鿿]", one.advice) for one in doctor.examine("en"))


def test_a_log_line_carries_ids_and_no_message_of_an_exception(app: Any) -> None:
    try:
        raise ValueError("王建国 13800138000")
    except ValueError:
        import sys

        record = logging.LogRecord("mediation", logging.ERROR, __file__, 1, "failed", None, sys.exc_info())
    record.case = 7
    record.name_of_party = "王建国"
    line = JsonLines().format(record)
    assert json.loads(line)["case"] == 7
    assert json.loads(line)["error"] == "ValueError"
    assert "王建国" not in line
    assert "138" not in line
