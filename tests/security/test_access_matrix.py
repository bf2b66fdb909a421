"""Who may call which address: told here once more by hand, and asked of the running application as everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.house import PEOPLE, House
from tests.person import Person
from tests.security.walking import addresses

# Marks and tokens are judged before any row is read; every page is asked of PostgreSQL by the walk along the walls.
pytestmark = pytest.mark.once

OFFICE = {"clerk", "dispatcher"}
ROLE_OF = {login: role for login, _name, _agency, role in PEOPLE}

# Endpoint -> the roles that may call it. What stands in no list below must be for whoever is signed in.
BY_ROLE: dict[str, set[str]] = {
    endpoint: roles
    for roles, endpoints in (
        (OFFICE, "cases.register cases.save_draft cases.drop_draft cases.people cases.suggestion"),
        (OFFICE, "cases.alike_typed"),
        ({"director", "dispatcher"}, "cases.part duty.plan duty.copy duty.remove duty.posts duty.keep_post duty.end_post"),
        ({"system_admin"}, "admin.studio"),
        (OFFICE, "notices.letters notices.settle_letter"),
        ({"grid_worker", "dispatcher", "director", "supervisor"}, "grid.index grid.show"),
        ({"dispatcher", "director"}, "grid.new grid.close"),
        ({"grid_worker"}, "grid.report"),
        ({"dispatcher", "director", "supervisor"}, "grid.property_companies"),
        ({"mediator"}, "meetings.note_caucus"),
        ({"director", "dispatcher"}, "cases.void"),
        ({"supervisor", "director"}, "oversight.index oversight.cases oversight.reads"),
        ({"supervisor", "director"}, "oversight.overdue oversight.overdue_tasks supervision.order"),
        ({"supervisor", "dispatcher", "director"}, "oversight.warnings oversight.warning_list oversight.orders"),
        ({"supervisor", "dispatcher", "director"}, "oversight.order_list supervision.urge"),
        ({"flow_admin", "system_admin"}, "admin.index admin.incident admin.incident_list admin.resolve admin.retry"),
        ({"flow_admin"}, "admin.flow_list admin.flow_page admin.flow_file admin.releases admin.make_current"),
        ({"flow_admin"}, "admin.drafts admin.begin_draft admin.draft admin.draft_findings admin.add_file admin.import_file"),
        ({"flow_admin"}, "admin.remove_file admin.restore_file admin.publish_draft admin.renew_draft admin.give_up_draft"),
        ({"flow_admin"}, "admin.edit_file admin.save_file admin.editing_here admin.draft_file admin.lay_out_file"),
        ({"flow_admin"}, "admin.preview_form admin.preview_paper admin.file_words"),
        ({"system_admin"}, "admin.rooms admin.room admin.new_room admin.interpreter admin.new_interpreter"),
        ({"system_admin"}, "admin.agencies admin.agency admin.new_agency admin.holidays admin.remove_holiday"),
        ({"system_admin"}, "admin.outbox admin.system admin.verify_journal admin.users admin.user"),
        ({"system_admin"}, "admin.rules admin.suspend_rule signing.seal_list signing.take_seal signing.seal_picture"),
        ({"system_admin"}, "admin.set_active admin.make_link admin.new_user"),
    )
    for endpoint in endpoints.split()
}
PUBLIC = {
    "accounts.sign_in", "accounts.speak", "accounts.forgot", "accounts.new_password", "health.alive", "health.ready", "signing.verify",
    "signing.by_code", "signing.by_hash", "signing.root_certificates", "signing.old_question", "signing.old_answer", "signing.sign",
    "signing.paper_to_sign", "signing.thanks", "delivery.link", "delivery.code", "delivery.paper", "dossiers.check", "dossiers.offline",
    "portal.door", "portal.own_code", "portal.telephone", "portal.one_time", "portal.leave",
}  # fmt: skip
# For whoever holds a role that sees cases; who keeps accounts or flows does not.
STAFF = {
    "cases.index", "cases.search", "dossiers.index", "dossiers.archived", "dossiers.archived_file", "dossiers.archived_zip",
}  # fmt: skip
NO_STAFF = {"flow_admin", "system_admin"}
RESIDENTS = {
    "portal.status", "portal.complete", "portal.consent", "portal.report", "portal.end", "portal.hand_in", "portal.file", "portal.meeting",
    "portal.more_time", "portal.paper", "portal.statement", "portal.again", "portal.agreement", "portal.change", "portal.confirm",
}  # fmt: skip


def test_every_route_bears_the_mark_that_is_told_here(built_app: Flask) -> None:
    told = {}
    for rule in built_app.url_map.iter_rules():
        if rule.endpoint != "static":
            kind, names = built_app.view_functions[rule.endpoint].access
            told[rule.endpoint] = set(names) if kind == "roles" else kind
    wanted = {endpoint: _wanted(endpoint) for endpoint in told}
    assert told == wanted
    assert set(BY_ROLE) | PUBLIC | RESIDENTS <= set(told), "a route that is listed here is gone"


def _wanted(endpoint: str) -> Any:
    if endpoint in PUBLIC or endpoint in RESIDENTS:
        return "public" if endpoint in PUBLIC else "party"
    return "staff" if endpoint in STAFF else BY_ROLE.get(endpoint, "signed-in")


def _calls(app: Flask) -> list[tuple[str, str, str]]:
    """(endpoint, method, address) once for each route and method."""
    adapter, seen = app.url_map.bind(""), {}
    for method in ("GET", "POST"):
        for url in addresses(app, method, tasks=1):
            endpoint = adapter.match(url.partition("?")[0], method=method)[0]
            seen.setdefault((endpoint, method), url)
    return [(endpoint, method, url) for (endpoint, method), url in seen.items() if endpoint not in PUBLIC]


def _ask(person: Person, method: str, url: str, token: str) -> Any:
    person.stays()
    return person.client.get(url) if method == "GET" else person.client.post(url, data={"csrf_token": token})


def test_nobody_is_sent_to_the_door_of_staff_or_of_residents(
    house: House, app: Flask, resident: Callable[[], Person]
) -> None:
    person = resident()
    token = person.token()
    for endpoint, method, url in _calls(app):
        answer = _ask(person, method, url, token)
        door = "/see?" if endpoint in RESIDENTS else "/sign-in?"
        assert (answer.status_code, (answer.location + "?").startswith(door)) == (302, True), (
            endpoint,
            method,
            answer.location,
        )


@pytest.mark.parametrize("login", ROLE_OF)
def test_each_role_calls_what_is_its_own_and_nothing_else(
    house: House, app: Flask, sign_in: Callable[[str], Person], login: str
) -> None:
    person = sign_in(login)
    token = person.token()
    kept = {"accounts.change_password", "admin.set_active", "admin.user"}  # would change who is asking
    refused = set()
    for endpoint, method, url in _calls(app):
        if endpoint in kept or endpoint in refused:
            continue  # the mark is of the endpoint, whatever the method
        answer = _ask(person, method, url, token)
        if endpoint in RESIDENTS:
            assert (answer.location or "").partition("?")[0] == "/see", (endpoint, method)
        elif ROLE_OF[login] not in BY_ROLE.get(endpoint, {ROLE_OF[login]}) or (
            endpoint in STAFF and ROLE_OF[login] in NO_STAFF
        ):
            refused.add(endpoint)
            assert answer.status_code == 403, (endpoint, method)
        else:
            assert "/sign-in" not in (answer.location or ""), (endpoint, method)
            assert answer.status_code not in (500, 502), (endpoint, method)


@pytest.mark.parametrize("login", ["clerk", None])
def test_nothing_is_taken_without_the_token_of_a_page(
    house: House, app: Flask, sign_in: Any, resident: Any, login: str | None
) -> None:
    person = sign_in(login) if login else resident()
    posted = [url for method in ("POST",) for url in addresses(app, method, tasks=1)]
    assert len(posted) > 50
    for url in posted:
        person.stays()
        assert person.client.post(url, data={"csrf_token": "guessed"}).status_code == 400, url


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_are_refused_whatever_a_header_says(house: House, sign_in: Any, method: str) -> None:
    clerk = sign_in("clerk")
    answer = clerk.client.open("/work", method=method)
    assert answer.status_code in (400, 405)
    clerk.stays()
    told = {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "DELETE"}
    assert clerk.client.get("/work/views", headers=told).status_code == 405
    assert clerk.client.get("/work?_method=DELETE", headers=told).status_code == 200


def test_head_and_options_tell_no_more_than_get(house: House, sign_in: Any, resident: Any) -> None:
    assert resident().client.head("/work").status_code == 302
    clerk = sign_in("clerk")
    head = clerk.client.head("/work")
    assert (head.status_code, head.data) == (200, b"")
    assert clerk.client.options("/admin").status_code == 403
    refused = clerk.client.get("/work/views")
    assert refused.status_code == 405
    assert "POST" in refused.headers["Allow"]
