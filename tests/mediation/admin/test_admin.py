"""Administration: accounts, agencies, incidents, releases, holidays, the state of the house. Never a party's name."""

from __future__ import annotations

import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from mediation import deadlines, flow, functions, house_rules, journal, releases
from mediation.accounts import passwords
from mediation.cases.operations import register_dispute
from mediation.effects import AnswersRefused
from mediation.extensions import command, db
from mediation.models import (
    Agency,
    Case,
    Entry,
    Holiday,
    Incident,
    Process,
    Release,
    User,
    WaitingEvent,
)
from mediation.notices.operations import tell_party
from mediation.notices.sending import send_due
from mediation.scheduler import sweep_timers
from tests.kept import kept
from tests.mediation.portal.conftest import bring_to_mediation, dispute
from workflows.model import Bundle, EngineError

PAGES = {
    "system_admin": (
        "/admin", "/admin/users", "/admin/users/new", "/admin/users/{user}", "/admin/agencies", "/admin/agencies/new",
        "/admin/agencies/{agency}", "/admin/holidays",
        "/admin/rules", "/admin/outbox", "/admin/system", "/admin/incidents", "/admin/incidents/{incident}",
    ),
    "flow_admin": (
        "/admin", "/admin/flows", "/admin/flows/intake", "/admin/flows/intake.bpmn", "/admin/releases", "/admin/incidents",
        "/admin/incidents/{incident}",
    ),
}  # fmt: skip


@pytest.fixture
@kept
def incident(mediating):
    """A step of the case could not be taken."""
    with command():
        process_id = db.session.scalars(select(Process.id).where(Process.case_id == mediating.case.id)).one()
        row = Incident(case_id=mediating.case.id, process_id=process_id, element_id="consent", code="no-flow",
                       message="None of the flows applied.", at=mediating.case.registered_at)  # fmt: skip
        db.session.add(row)
    return row


@pytest.mark.parametrize("login", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_names_a_party_or_says_what_a_case_is_about(incident, house, sign_in, login, language):
    with command():
        tell_party(incident_case(incident).parties[0], "accepted", case=incident_case(incident))
    send_due()
    person = sign_in(login).speaks(language)
    ids = {"user": house.users["clerk"].id, "agency": house.agencies["centre"].id, "incident": incident.id}
    for page in PAGES[login]:
        person.get(page.format(**ids))
        secrets = ("王建国", "李秀兰", "楼上漏水", "天花板", "13900001111")
        assert [word for word in secrets if word in person.response.text] == [], page


def incident_case(incident):
    return db.session.get(Case, incident.case_id)


@pytest.mark.parametrize("login", ["clerk", "dispatcher", "director", "mediator", "court", "supervisor"])
def test_nobody_else_gets_in(house, sign_in, login):
    person = sign_in(login)
    for page in sorted({page for pages in PAGES.values() for page in pages}):
        person.get(page.format(user=1, agency=1, incident=1), status=403)


def test_who_draws_flows_does_not_administer_people_nor_the_other_way_round(house, sign_in):
    flows, people = sign_in("flow_admin"), sign_in("system_admin")
    for page in ("/admin/users", "/admin/agencies", "/admin/system", "/admin/outbox", "/admin/holidays"):
        flows.get(page, status=403)
    for page in ("/admin/flows", "/admin/releases"):
        people.get(page, status=403)


# --- accounts ---------------------------------------------------------------------------------------------------------


def new_account(person, **changes):
    person.get("/admin/users/new")
    return person.submit(
        {"login": "chen", "name": "陈晨", "email": "chen@qinghe.example", "roles": ["clerk@centre"], **changes}
    )


def test_a_new_account_is_opened_by_a_link_that_is_shown_once(house, sign_in, resident):
    admin = sign_in("system_admin")
    new_account(admin)
    link = re.search(r"/new-password/[0-9a-f]{64}", admin.page.select_one("#link").get_text())[0]
    person = resident()
    person.get(link)
    person.submit({"new_password": "sentence of mine alone", "repeat_password": "mistyped sentence"}, status=422)
    person.submit({"new_password": "sentence of mine alone", "repeat_password": "sentence of mine alone"})
    user = db.session.scalars(select(User).where(User.login == "chen")).one()
    assert passwords.matches(user, "sentence of mine alone")
    assert [(held.role, held.pool.agency.key) for held in user.memberships] == [("clerk", "centre")]
    admin.get(f"/admin/users/{user.id}")
    assert "/new-password/" not in admin.response.text


def test_what_was_typed_stays_when_an_account_is_refused(house, sign_in):
    admin = sign_in("system_admin")
    admin.get("/admin/users/new")
    admin.submit({"login": "clerk", "name": "陈晨", "roles": ["clerk@centre"]}, status=422)
    assert admin.page.select_one("#name")["value"] == "陈晨"
    assert admin.page.select_one('input[value="clerk@centre"]').has_attr("checked")


def test_roles_and_agencies_are_changed(house, sign_in):
    admin, user = sign_in("system_admin"), house.users["mediator2"]
    admin.get(f"/admin/users/{user.id}")
    admin.submit({"roles": ["mediator@committee", "clerk@centre"], "name": "赵敏华二"})
    changed = db.session.get(User, user.id)
    assert changed.roles == {"mediator", "clerk"}
    assert changed.name == "赵敏华二"
    assert db.session.scalars(
        select(Entry).where(Entry.action == "roles-set", Entry.subject == f"user:{user.id}")
    ).all()


def test_an_administrator_cannot_take_the_role_from_oneself(house, sign_in):
    admin = sign_in("system_admin")
    admin.get(f"/admin/users/{house.users['system_admin'].id}")
    admin.submit({"roles": ["clerk@centre"]}, status=422)
    assert db.session.get(User, house.users["system_admin"].id).roles == {"system_admin"}


def test_closing_an_account_and_opening_it_again(house, sign_in):
    admin, clerk = sign_in("system_admin"), sign_in("clerk")
    url = f"/admin/users/{house.users['clerk'].id}"
    admin.get(url)
    admin.post(f"{url}/active", {"active": "no"})
    assert clerk.client.get("/notices").status_code == 302
    admin.post(f"{url}/link")
    assert "/new-password/" not in admin.response.text
    admin.post(f"{url}/active", {"active": "yes"})
    assert db.session.get(User, house.users["clerk"].id).active


def test_nobody_closes_the_own_account(house, sign_in):
    admin = sign_in("system_admin")
    admin.get("/admin/users")
    admin.post(f"/admin/users/{house.users['system_admin'].id}/active", {"active": "no"})
    assert db.session.get(User, house.users["system_admin"].id).active


@pytest.mark.parametrize(("text", "found"), [("李晓", 1), ("med", 2), ("100%", 0), ("_", 2), ("", 9)])
def test_accounts_are_searched_and_a_percent_sign_is_no_joker(house, sign_in, text, found):
    admin = sign_in("system_admin")
    admin.client.get("/admin/users")
    admin.page = admin._take(admin.client.get("/admin/users", query_string={"q": text}), 200)
    assert len(admin.page.select("#users tr[data-href]")) == found


def test_many_accounts_come_page_by_page(house, sign_in):
    with command():
        for number in range(40):
            db.session.add(
                User(
                    login=f"u{number:02}",
                    name=f"人{number}",
                    password_hash="!",
                    created_at=house.users["clerk"].created_at,
                )
            )
    admin = sign_in("system_admin")
    admin.get("/admin/users")
    first = len(admin.page.select("#users tr[data-href]"))
    admin.get(admin.page.select_one("a.more")["href"])
    assert first + len(admin.page.select("#users tr[data-href]")) == 49


def test_an_account_that_does_not_exist_is_not_found(house, sign_in):
    sign_in("system_admin").get("/admin/users/99999", status=404)


# --- agencies ---------------------------------------------------------------------------------------------------------


def test_an_agency_is_entered_and_changed(house, sign_in):
    admin = sign_in("system_admin")
    admin.get("/admin/agencies/new")
    admin.submit(
        {
            "key": "township-1",
            "kind": "committee",
            "name": "和平镇调委会",
            "short_name": "和调",
            "parent": str(house.agencies["centre"].id),
        }
    )
    agency = db.session.scalars(select(Agency).where(Agency.key == "township-1")).one()
    assert agency.parent_id == house.agencies["centre"].id
    admin.get(f"/admin/agencies/{agency.id}")
    admin.submit({"phone": "0000-5550199", "active": None})
    changed = db.session.get(Agency, agency.id)
    assert (changed.phone, changed.active, changed.name) == ("0000-5550199", False, "和平镇调委会")


@pytest.mark.parametrize("changes", [{"key": "court"}, {"key": "A B"}, {"name": ""}, {"kind": "circus"}])
def test_an_agency_that_makes_no_sense_is_refused(house, sign_in, changes):
    admin = sign_in("system_admin")
    admin.get("/admin/agencies/new")
    admin.submit({"key": "new-one", "kind": "court", "name": "法院", **changes}, status=422)
    assert db.session.scalar(select(func.count()).select_from(Agency)) == len(house.agencies)


# --- incidents --------------------------------------------------------------------------------------------------------


def test_an_incident_is_told_in_plain_words_with_its_place(incident, sign_in):
    person = sign_in("flow_admin")
    person.get("/admin/incidents")
    assert incident_case(incident).display_number in person.text()
    person.get(f"/admin/incidents/{incident.id}")
    assert "no-flow" in person.text()
    assert "征询" in person.text()


def test_an_incident_is_marked_as_resolved(incident, sign_in):
    person = sign_in("system_admin")
    person.get(f"/admin/incidents/{incident.id}")
    person.post(f"/admin/incidents/{incident.id}/resolve")
    assert db.session.get(Incident, incident.id).resolved_by_id is not None
    person.get("/admin/incidents?state=resolved")
    assert person.page.select_one(f'a[href="/admin/incidents/{incident.id}"]')


@pytest.fixture
def stuck(incident, clock):
    """The timer of the incident's process was set aside; its moment has come."""
    with command():
        event = db.session.scalars(
            select(WaitingEvent).where(WaitingEvent.kind == "timer").order_by(WaitingEvent.due_at)
        ).first()
        event.failed_at = clock.now()
    clock.set_clock(event.due_at + timedelta(minutes=1))
    return event


def test_the_sweep_passes_a_failed_timer_by_until_it_is_tried_again(stuck, incident, sign_in):
    assert sweep_timers() == 0
    person = sign_in("flow_admin")
    person.get(f"/admin/incidents/{incident.id}")
    person.submit(form=f'form[action="/admin/incidents/{incident.id}/retry"]')
    assert db.session.get(Incident, incident.id).resolved_at is not None
    left = db.session.scalars(select(WaitingEvent).where(WaitingEvent.failed_at.is_not(None))).all()
    assert left == []
    assert db.session.scalars(select(Entry).where(Entry.action == "timer-fired")).all()


def test_trying_again_in_vain_changes_nothing(stuck, incident, sign_in, monkeypatch):
    def fail(_event):
        raise EngineError("no-flow", "None of the flows applied.", "consent")

    monkeypatch.setattr(flow, "fire_timers", fail)
    person = sign_in("flow_admin")
    person.get(f"/admin/incidents/{incident.id}")
    person.submit(form=f'form[action="/admin/incidents/{incident.id}/retry"]')
    assert db.session.get(Incident, incident.id).resolved_at is None
    assert db.session.get(WaitingEvent, stuck.id).failed_at is not None


@pytest.mark.parametrize("error", [EngineError("no-flow", "None applied.", "x"), AnswersRefused({"": "缺少当事人"})])
def test_one_broken_case_becomes_an_incident_and_the_others_go_on(mediating, house, clock, monkeypatch, error):
    with command():
        other = register_dispute(dispute(), by=house.users["clerk"])
    bring_to_mediation(other.case.id, house.users)
    timers = db.session.scalars(select(WaitingEvent).where(WaitingEvent.kind == "timer").order_by(WaitingEvent.due_at))
    moment, fire = next(iter(timers)).due_at, flow.fire_timers

    def fail_for_one(event):
        if event.case_id == mediating.case.id:
            raise error
        return fire(event)

    monkeypatch.setattr(flow, "fire_timers", fail_for_one)
    clock.set_clock(moment + timedelta(minutes=1))
    assert sweep_timers() == 1
    assert db.session.scalars(select(Incident.case_id)).all() == [mediating.case.id]
    aside = db.session.scalars(select(WaitingEvent.case_id).where(WaitingEvent.failed_at.is_not(None))).all()
    assert aside == [mediating.case.id]


def test_where_no_timer_is_stuck_there_is_nothing_to_try_again(incident, sign_in):
    person = sign_in("flow_admin")
    person.get(f"/admin/incidents/{incident.id}")
    assert person.page.select_one(f'form[action="/admin/incidents/{incident.id}/retry"]') is None
    person.post(f"/admin/incidents/{incident.id}/retry")
    assert db.session.get(Incident, incident.id).resolved_at is None


# --- flows and releases -----------------------------------------------------------------------------------------------


def test_every_flow_is_listed_with_its_steps(house, sign_in):
    person = sign_in("flow_admin")
    person.get("/admin/flows")
    for link in [a["href"] for a in person.page.select("a.row-link")]:
        person.get(link)
        for row in person.page.select("main table tbody tr"):
            role, form, deadline = (row.select("td")[number].get_text(strip=True) for number in (1, 2, 3))
            assert role not in ("", "—"), row
            assert form
            assert deadline


def test_a_drawing_without_a_case_has_no_legend_of_states(house, sign_in):
    page = sign_in("flow_admin").get("/admin/flows/intake")
    assert page.select_one(".flow-diagram") is not None
    assert page.select_one(".flow-legend, [data-zoom=here]") is None


def test_the_drawing_is_bpmn(house, sign_in):
    person = sign_in("flow_admin")
    person.get("/admin/flows/intake.bpmn")
    assert person.response.mimetype == "application/xml"
    assert b"<bpmn:process" in person.response.data


@pytest.mark.parametrize("url", ["/admin/flows/nothing", "/admin/flows/nothing.bpmn", "/admin/flows/..%2Fx.bpmn"])
def test_a_flow_that_does_not_exist_is_not_found(house, sign_in, url):
    sign_in("flow_admin").get(url, status=404)


@pytest.fixture
def second_release(house):
    """A release that differs by a note in a file that nobody reads."""
    shipped = releases.shipped_bundle()
    intake = shipped.files["intake.bpmn"] + b"\n<!-- second -->"
    with command():
        return releases.publish(
            Bundle({**shipped.files, "intake.bpmn": intake}), note="second", by=house.users["flow_admin"]
        )


def test_an_earlier_release_is_made_current_again(registered, second_release, house, sign_in):
    assert releases.current_release_hash() == second_release.hash
    person = sign_in("flow_admin")
    person.get("/admin/releases")
    running = {
        row.select("td")[0].get_text(strip=True): row.select("td")[3].get_text(strip=True)
        for row in person.page.select("main table tbody tr")
    }
    assert running == {house.release[:12]: "1", second_release.hash[:12]: "0"}
    person.submit(form=f'form[action="/admin/releases/{house.release}/current"]')
    assert releases.current_release_hash() == house.release
    assert db.session.scalar(select(func.count()).select_from(Release).where(Release.current)) == 1
    assert db.session.get(Case, registered.case.id).release_hash == house.release


def test_a_release_that_does_not_pass_the_check_is_not_made_current(house, sign_in):
    shipped = releases.shipped_bundle()
    broken = shipped.files["intake.bpmn"].replace(b"registration", b"no_such_form")
    with command():
        bad = releases.publish(Bundle({**shipped.files, "intake.bpmn": broken}), note="bad", by=None)
        releases.make_current(db.session.get(Release, house.release), by=None)
    person = sign_in("flow_admin")
    person.get("/admin/releases")
    person.post(f"/admin/releases/{bad.hash}/current")
    assert releases.current_release_hash() == house.release


# --- holidays ---------------------------------------------------------------------------------------------------------


def test_a_corrected_day_counts_as_entered_and_no_more_when_removed(house, sign_in, app):
    friday = date(2026, 11, 27)
    person = sign_in("system_admin")
    person.get("/admin/holidays")
    person.submit({"day": friday.isoformat(), "name": "临时放假", "works": "no"})
    assert (
        deadlines.is_working_day(friday, {row.day: row.works for row in db.session.scalars(select(Holiday))}) is False
    )
    person.submit(form=f'form[action="/admin/holidays/{friday}/remove"]')
    assert db.session.scalars(select(Holiday)).all() == []


@pytest.mark.parametrize("changes", [{"day": "yesterday"}, {"name": " "}])
def test_a_day_that_makes_no_sense_is_refused(house, sign_in, changes):
    person = sign_in("system_admin")
    person.get("/admin/holidays")
    person.submit({"day": "2026-11-27", "name": "临时放假", "works": "no", **changes}, status=422)


@pytest.mark.parametrize("day", ["2026-11-27", "never"])
def test_removing_what_is_not_there_is_not_found(house, sign_in, day):
    person = sign_in("system_admin")
    person.get("/admin/holidays")
    person.post(f"/admin/holidays/{day}/remove", status=404)


# --- the house --------------------------------------------------------------------------------------------------------


def test_the_outbox_shows_what_was_sent_with_the_number_masked(registered, sign_in):
    with command():
        tell_party(registered.case.parties[0], "accepted", case=registered.case)
    send_due()
    person = sign_in("system_admin")
    person.get("/admin/outbox")
    assert registered.case.display_number in person.text()
    assert "139****1111" in person.text()


def test_the_outbox_is_folded_and_comes_page_by_page(registered, sign_in, app):
    folder = Path(app.config["OUTBOX"])
    shutil.rmtree(folder, ignore_errors=True)  # what earlier tests sent is not of this one
    folder.mkdir(parents=True)
    for number in range(35):
        (folder / f"{number:03}.txt").write_text(f"sms\t1390000111{number % 10}\nSubject {number}\nText {number}\n", encoding="utf-8")
    person = sign_in("system_admin")
    page = person.get("/admin/outbox")
    assert len(page.select("#messages > li > details:not([open])")) == 30
    page = person.get(page.select_one(".more-row a")["href"])
    assert len(page.select("#messages > li > details")) >= 5
    assert page.select_one(".more-row a") is None


def test_in_production_there_is_no_outbox(registered, sign_in, app):
    person = sign_in("system_admin")
    app.config["MODE"] = "production"
    try:
        person.get("/admin/outbox", status=404)
    finally:
        app.config["MODE"] = "demo"


def test_no_secret_is_shown(house, sign_in, app):
    person = sign_in("system_admin")
    person.get("/admin/system")
    for name in ("SECRET_KEY", "DATA_KEY", "DATABASE"):
        assert app.config[name] not in person.response.text, name


def test_the_journal_of_the_house_is_checked_and_a_changed_row_found(house, sign_in):
    person = sign_in("system_admin")
    person.get("/admin/system")
    person.post("/admin/system/journal")
    assert person.page.select_one(".callout-success")
    with command():
        entry = db.session.scalars(select(Entry).where(Entry.chain == journal.HOUSE).order_by(Entry.ordinal)).first()
        entry.action = "nothing-happened"
    person.post("/admin/system/journal")
    assert person.page.select_one(".callout-danger")


# --- rules to confirm -------------------------------------------------------------------------------------------------

DRAFT_RULE = "performed-agreement-avoids-penalty"


def test_a_rule_is_off_until_its_article_is_confirmed(house, sign_in, app):
    assert not house_rules.in_force(DRAFT_RULE)
    person = sign_in("system_admin")
    person.get("/admin/rules")
    person.submit({"source": "第二十三条"}, form=f"form#confirm-{DRAFT_RULE}")
    assert functions.feel_functions()["rule"](DRAFT_RULE) is True
    assert "第二十三条" in person.text()
    assert db.session.scalars(select(Entry.action).where(Entry.subject == DRAFT_RULE)).all() == ["house-rule-confirmed"]
    person.submit(form=f'form[action="/admin/rules/{DRAFT_RULE}/suspend"]')
    assert not house_rules.in_force(DRAFT_RULE)


def test_a_rule_without_its_article_is_not_confirmed(house, sign_in, app):
    person = sign_in("system_admin")
    person.get("/admin/rules")
    person.submit({"source": " "}, form=f"form#confirm-{DRAFT_RULE}", status=422)
    assert not house_rules.in_force(DRAFT_RULE)
    with pytest.raises(LookupError):
        house_rules.in_force("tea-time")
