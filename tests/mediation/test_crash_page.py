"""When everything fails, the person still reads a page of ours, and what was typed is on it."""

from __future__ import annotations

from typing import Any


def test_a_page_comes_out_even_when_the_database_does_not_answer(sign_in: Any, monkeypatch: Any) -> None:
    person = sign_in("mediator")
    person.get("/work")

    def gone(*_: Any) -> None:
        raise OSError("the database is gone")

    monkeypatch.setattr("mediation.frame.build", gone)
    page = person.get("/cases", status=500)
    assert page.select_one("h1") is not None
    assert "database is gone" not in person.text()
