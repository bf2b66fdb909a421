"""A person at a browser, over HTTP: opens pages, fills in the forms that are really there, and reads what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import Context
from functools import cache, partial
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from werkzeug.local import LocalProxy
from werkzeug.test import TestResponse

from mediation import clock
from mediation.extensions import db
from mediation.models import User


class Browser(FlaskClient):
    """Sends requests as a server gets them: outside the test's application context, whose `g` they would share."""

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        """Afterwards the test reads the tables anew. A redirect that is followed is outside already."""
        if not has_app_context():
            return super().open(*arguments, **options)
        db.session.rollback()
        response = Context().run(super().open, *arguments, **options)
        db.session.expire_all()
        return response


class Person:
    """One browser with its cookies; `page` is the last page as BeautifulSoup, `response` the last answer."""

    def __init__(self, app: Flask, user: User | None) -> None:
        self.client = Browser(app, app.response_class, use_cookies=True)
        self.user = user
        self.response: TestResponse | None = None
        self.page = BeautifulSoup("", "html.parser")
        self.speaks("zh")
        if user is not None:
            self._sign_in(user)

    def _sign_in(self, user: User) -> None:
        with self.client.session_transaction() as session:
            seconds = int(clock.now().timestamp())
            session.update({"_user_id": user.get_id(), "_fresh": True, "began": seconds, "seen": seconds})

    def speaks(self, language: str) -> Person:
        with self.client.session_transaction() as session:
            session["language"] = language
        return self

    def stays(self) -> None:
        """Tests jump by weeks: keep the session alive as if the person had signed in again this morning."""
        with self.client.session_transaction() as session:
            session["began"] = session["seen"] = int(clock.now().timestamp())

    def get(self, url: str, *, status: int = 200, follow: bool = True) -> BeautifulSoup:
        self.stays()
        return self._take(self.client.get(url, follow_redirects=follow), status)

    def post(
        self, url: str, data: Mapping[str, Any] | None = None, *, status: int = 200, follow: bool = True
    ) -> BeautifulSoup:
        """POST with the token of the last page (or of my work when there was none)."""
        self.stays()
        form = {"csrf_token": self.token(), **(data or {})}
        return self._take(self.client.post(url, data=form, follow_redirects=follow), status)

    def submit(self, changes: Mapping[str, Any] | None = None, *, form: str = "form#form", button: str | None = None,
               status: int = 200) -> BeautifulSoup:  # fmt: skip
        """Fill in and send a form of the last page as a browser would; a list gives several values of one name."""
        found = self.page.select_one(form)
        assert found is not None, f"no form {form} on {self.title()}"
        data = form_values(found)
        known = known_names(found)
        unknown = [name for name in changes or {} if name not in known]
        assert not unknown, f"the form has no fields {unknown}; it has {sorted(known)}"
        data.update({key: value for key, value in (changes or {}).items()})
        if button:
            name, _, value = button.partition("=")
            data[name] = value
        url = str(found.get("action") or self.response.request.path)
        return self.post(url, {key: value for key, value in data.items() if value is not None}, status=status)

    def token(self) -> str:
        meta = self.page.select_one("meta[name=csrf-token]") or self.page.select_one("input[name=csrf_token]")
        if meta is None:
            page = BeautifulSoup(self.client.get("/sign-in").text, "html.parser")
            meta = page.select_one("meta[name=csrf-token]") or page.select_one("input[name=csrf_token]")
        return str(meta.get("content") or meta.get("value"))

    def title(self) -> str:
        return self.page.title.get_text(strip=True) if self.page.title else ""

    def text(self) -> str:
        """What a reader sees in the main part of the page."""
        main = self.page.select_one("main") or self.page
        return " ".join(main.get_text(" ").split())

    def _take(self, response: TestResponse, status: int) -> BeautifulSoup:
        self.response = response
        if "html" in (response.content_type or ""):
            # Read when somebody looks at it: reading a page takes three times as long as making it.
            self.page = LocalProxy(cache(partial(BeautifulSoup, response.text, "html.parser")))
        assert response.status_code == status, f"{response.status_code} instead of {status}: {self.text()[:600]}"
        return self.page


def known_names(form: Tag) -> set[str]:
    """Every name that the form can send."""
    return {
        str(field["name"]) for field in form.find_all(["input", "select", "textarea", "button"], attrs={"name": True})
    }


def form_values(form: Tag) -> dict[str, Any]:
    """What a browser would send if nothing were changed."""
    values: dict[str, Any] = {}
    for field in form.find_all(["input", "select", "textarea"], attrs={"name": True}):
        name, value = str(field["name"]), _value(field)
        if value is None or field.has_attr("disabled"):
            continue
        values[name] = [*_as_list(values[name]), value] if name in values else value
    return values


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _value(field: Tag) -> Any:
    if field.name == "textarea":
        return field.get_text().removeprefix("\r").removeprefix("\n")
    if field.name == "select":
        chosen = [str(option.get("value", "")) for option in field.find_all("option", attrs={"selected": True})]
        if field.has_attr("multiple"):
            return chosen or None
        first = field.find("option")
        return chosen[0] if chosen else (str(first.get("value", "")) if first else None)
    kind = field.get("type", "text")
    if kind in ("checkbox", "radio"):
        return str(field.get("value", "on")) if field.has_attr("checked") else None
    if kind in ("submit", "button", "file", "image"):
        return None
    return str(field.get("value", ""))
