"""A person in front of a real browser: signs in, finds work in the list, fills in what the page offers, hands in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from playwright.sync_api import Locator, Page, expect

from mediation import clock
from tests.house import PASSWORD
from tests.journeys.table import Table

SMALLEST = 360
# What a browser says of every answer that is not 2xx; these two are answers to a person, not failures.
EXPECTED = ("status of 422", "status of 409")


class Person:
    """One window. Every page that it comes to must fit the smallest telephone and raise no error in the console."""

    def __init__(self, page: Page, address: str, table: Table, login: str) -> None:
        self.page, self.address, self.table, self.login = page, address, table, login
        self.complaints: list[str] = []
        page.on("console", self._listen)

    def _listen(self, said: Any) -> None:
        if said.type == "error" and not any(word in said.text for word in EXPECTED):
            self.complaints.append(f"{self.page.url}: {said.text}")

    # --- coming and going ------------------------------------------------------------------------------------------

    def goes(self, path: str) -> Person:
        """Open a page; who has been away too long is asked for the password first, and then gets that page."""
        self.page.goto(self.address + path)
        if "/sign-in" in self.page.url:
            self.signs_in()
        return self.looks()

    def signs_in(self) -> None:
        self.page.fill("#login", self.login)
        self.page.fill("#password", PASSWORD)
        self.page.locator("#form").get_by_role("button").click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def looks(self) -> Person:
        """The page has one heading, fits the smallest telephone and said nothing bad."""
        expect(self.page.locator("h1")).to_have_count(1)
        wide = self.page.viewport_size
        assert wide is not None
        self.page.set_viewport_size({"width": SMALLEST, "height": wide["height"]})
        assert self.page.evaluate("document.documentElement.scrollWidth") <= SMALLEST, f"{self.page.url} sticks out"
        self.page.set_viewport_size(wide)
        assert self.complaints == [], self.complaints
        return self

    # --- work ------------------------------------------------------------------------------------------------------

    def row(self, step: str) -> Locator:
        """The row of this step in the list of work that is open."""
        return self.page.locator(f"tr[data-href$='/tasks/{self.table.task_id(step)}']")

    def opens(self, step: str) -> Person:
        """From my work: open the own task, or claim it where it is offered."""
        self.goes("/work")
        if self.row(step).count() == 0:
            self.goes("/work?tab=offered")
        if (claim := self.row(step).get_by_role("button")).count():
            claim.click()
        self.row(step).locator("td.end a.btn").click()
        expect(self.page.locator("form#form")).to_be_visible()
        return self.looks()

    def does(self, step: str, **answers: Any) -> Person:
        self.opens(step)
        return self.answers(**answers).hands_in()

    def answers(self, **answers: Any) -> Person:
        """Fill in by the names of the fields; a list of mappings is one row after the other."""
        for name, value in answers.items():
            if isinstance(value, list) and value and isinstance(value[0], Mapping):
                self._rows(name, value)
            else:
                self._answer(name, value)
        return self

    def _rows(self, name: str, rows: list[Mapping[str, Any]]) -> None:
        for number, row in enumerate(rows):
            if self.page.locator(f"[name^='{name}-{number}-']").count() == 0:
                self._redrawn(self.page.locator(f"button[name=_add][value='{name}']").click)
            for key, value in row.items():
                self._answer(f"{name}-{number}-{key}", value)

    def _answer(self, name: str, value: Any) -> None:
        field = self.page.locator(f"#form [name='{name}']")
        if field.first.get_attribute("type") in ("radio", "checkbox"):
            for one in value if isinstance(value, list) else [value]:
                box = field if one is True else self.page.locator(f"#form [name='{name}'][value='{one}']")
                if not box.is_checked():
                    self._acts(box, box.check)
        elif field.input_value() == _typed(value):
            return
        elif field.evaluate("field => field.tagName") == "SELECT":
            self._acts(field, lambda: field.select_option(str(value)))
        else:
            self._acts(field, lambda: (field.fill(_typed(value)), field.blur()))

    def _acts(self, field: Locator, act: Callable[[], Any]) -> None:
        """Others may depend on this answer: then the fields are drawn anew."""
        if field.get_attribute("data-redraw") is None:
            act()
        else:
            self._redrawn(act)

    def _redrawn(self, act: Callable[[], Any]) -> None:
        """Do what makes the server draw the fields anew, and wait until it has."""
        self.page.evaluate("document.getElementById('fields').dataset.before = 'yes'")
        act()
        expect(self.page.locator("#fields[data-before]")).to_have_count(0)

    def hands_in(self) -> Person:
        """Press the button that says what happens next, and arrive at another page."""
        before = self.page.url
        with self.page.expect_navigation():
            self.page.locator(".action-bar .btn-primary").click()
        refused = self.page.locator(".error-summary").all_inner_texts()
        assert refused == [], f"{before} refused: {refused}"
        assert self.page.url != before
        return self.looks()


def _typed(value: Any) -> str:
    if isinstance(value, datetime):
        return clock.local(value).strftime("%Y-%m-%dT%H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)
