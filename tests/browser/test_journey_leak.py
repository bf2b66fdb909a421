"""A leak between neighbours in real pages: from the sign-in page to the first instalment and the telephone of a resident."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from mediation import clock as wall
from mediation.accounts.passwords import hasher
from mediation.extensions import command, db
from mediation.models import Case, Membership
from tests.browser.at_the_desk import Person
from tests.house import PASSWORD, House
from tests.journeys.steps import LEAK, text_of_pdf
from tests.journeys.table import Table

TELEPHONE = 390
CHECKS = ["capacity", "voluntary", "lawful", "third_party", "clear", "figures"]


@pytest.fixture
def table(app: Flask, house: House) -> Table:
    """The tables behind the pages; everybody can sign in, and the dispatcher helps out at the window."""
    with command():
        hashed = hasher().hash(PASSWORD)
        for user in house.users.values():
            user.password_hash = hashed
        window = house.users["clerk"].memberships[0]
        house.users["dispatcher"].memberships.append(Membership(pool=window.pool, role=window.role))
    return Table(app, lambda login: pytest.fail(f"{login} works in a browser here"))


@pytest.fixture
def people(
    app: Flask, table: Table, serve: Callable[[Flask], str], open_page: Callable[..., Page]
) -> Callable[..., Person]:
    """`people("clerk")` is that person's window, the same one each time."""
    address, windows = serve(app), {}

    def person(login: str, width: int = 1280) -> Person:
        if login not in windows:
            windows[login] = Person(open_page("about:blank", width=width, locale="zh-CN"), address, table, login)
        return windows[login]

    return person


def test_the_leak_from_the_sign_in_page_to_the_first_instalment(table: Table, people: Callable[..., Person]) -> None:
    codes = register(table, people("clerk"))
    the_window_is_raced_for(people("clerk"), people("dispatcher"))
    accept(people)
    reach_an_agreement(table, people("mediator"))
    draft(table, people("mediator"))
    people("director").does("check", checks=CHECKS, result="pass")
    sign(people("mediator"))
    confirm(table, people)
    first = table.obligations()[0]
    table.goes_to_day(first.due_on)
    people("mediator").does("receive", result="received", received_on=wall.today(), how="transfer", voucher="回单")
    assert [owed.status for owed in table.obligations()] == ["performed", "open", "open"]
    table.renders()
    a_resident_reads(people("resident", width=TELEPHONE), table.case.code, codes["李秀兰"])


def register(table: Table, clerk: Person) -> dict[str, str]:
    """The clerk signs in and registers; the suggestion appears beside the form, the receipt shows each party's code."""
    clerk.goes("/work")
    clerk.page.locator(".place-first a").click()
    clerk.page.locator("main").get_by_role("link", name="登记纠纷").click()
    clerk.answers(**LEAK)
    expect(clerk.page.locator("#suggestion .facts")).to_be_visible()
    clerk.hands_in()
    table.case_id = db.session.scalars(select(Case.id)).one()
    sheets = clerk.page.locator(".own-page")
    expect(sheets).to_have_count(2)
    return {
        sheet.locator("h2").inner_text().split(" ")[0]: sheet.locator(".h1.number").inner_text()
        for sheet in sheets.all()
    }


def the_window_is_raced_for(clerk: Person, dispatcher: Person) -> None:
    """Both see the same offer; the first gets it, the second is told who did. Mistakes take the focus."""
    dispatcher.goes("/work?tab=offered")
    offered = dispatcher.row("examine")
    expect(offered).to_be_visible()
    clerk.opens("examine")
    offered.get_by_role("button").click()
    expect(dispatcher.page.locator(".row-lost")).to_contain_text("周雨晴")
    clerk.page.locator(".action-bar .btn-primary").click()
    expect(clerk.page.locator(".error-summary")).to_be_focused()
    clerk.looks().answers(
        materials_complete="yes", identity_checked=True, exclusion="none", conclusion="admit"
    ).hands_in()


def accept(people: Callable[..., Person]) -> None:
    """The dispatcher goes back to the own work by keys, confirms the suggestion, and appoints a mediator."""
    page = people("dispatcher").page
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.locator("h1").click()
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/cases")
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.wait_for_url("**/work")
    people("dispatcher").does("confirm_triage", decision="accept", suggestion="confirmed", committee="committee")
    people("dispatcher").does("appoint", mediator="mediator", chosen_by="committee", conflict="none")


def reach_an_agreement(table: Table, mediator: Person) -> None:
    today, both = wall.today(), range(2)
    mediator.does(
        "consent", consents=[{"answer": "agree", "given_on": today, "how": "phone"} for _ in both], openness="closed"
    )
    told = [{"told_on": today, "how": "in_person", "received": True, "service_address": "和平小区"} for _ in both]
    mediator.does("tell_rights", told=told, free_of_charge=True, sham_warned=True)
    mediator.does(
        "enquire", asked=table.party("王建国").id, started_at=wall.now() - timedelta(hours=1), place="调解室",
        exchanges=[{"question": "经过如何？", "answer": "楼上漏水。"}], next_step="meeting",
    )  # fmt: skip
    starts_at = wall.start_of(today + timedelta(days=3)) + timedelta(hours=10)
    mediator.does("invite", starts_at=starts_at, place="第一调解室", mode="room", separate="no", open_to_public="no")
    table.goes_to(starts_at + timedelta(hours=3))
    mediator.does("hold", result="held", began_at=starts_at, attendance=[{"attended": "yes"} for _ in both])
    mediator.does(
        "minutes", ended_at=starts_at + timedelta(hours=2), record="双方协商一致。", result="agreed", read_back=True
    )


def draft(table: Table, mediator: Person) -> None:
    """What is typed survives a reload; the plan has one line for each instalment."""
    facts = "楼上漏水致楼下家具受损。"
    mediator.opens("draft").answers(facts=facts)
    expect(mediator.page.locator("[data-draft-status]")).to_have_attribute("data-tone", "good")
    mediator.page.reload()
    expect(mediator.page.locator("[name=facts]")).to_have_value(facts)
    debtor, creditor = table.party("李秀兰").id, table.party("王建国").id
    plan = "\n".join(f"{wall.today() + timedelta(days=10 * number)} 3000" for number in (1, 2, 3))
    mediator.answers(
        issues="赔偿数额和付款方式。", responsibility="楼上住户承担赔偿责任。",
        terms=[{"kind": "pay", "debtor": debtor, "creditor": creditor, "purpose": "compensation", "amount": "9000",
                "when": "instalments", "plan": plan, "how": "transfer", "account": "青禾农商银行 6200 0000 0000 0001"}],
        copies="3",
    )  # fmt: skip
    mediator.hands_in()


def sign(mediator: Person) -> None:
    """Both parties, the mediator, the seal."""
    hand, seal = ({"signed": "yes", "manner": manner, "signed_on": wall.today()} for manner in ("hand", "seal"))
    mediator.does("sign", signatures=[hand, hand, hand, seal], next_step="go_on", copies_delivered=True)


def confirm(table: Table, people: Callable[..., Person]) -> None:
    """Joint application; the court's liaison takes it out of the court's own pool and records the ruling."""
    today = wall.today()
    people("mediator").does("precheck", wish="all", scope="all", confirm_terms="赔偿款的支付。", explained=True)
    people("mediator").does(
        "apply", court="court", applicants=[{"signed": "yes", "signed_on": today} for _ in range(2)],
        annexes=["agreement", "mediation_proof", "identity"], result="filed", applied_on=today, how="office",
    )  # fmt: skip
    people("court").does("accept", decision="accepted", decided_on=today, court_number="（2026）青司确1号")
    people("court").does("rule", decision="confirmed", decided_on=today, ruling_number="（2026）青民特1号", served=True)
    assert table.case.outcome == "confirmation-confirmed"


def a_resident_reads(resident: Person, case_code: str, own_code: str) -> None:
    """On a telephone, with the codes of the receipt: where the case stands, and the agreement; nothing of the other side."""
    page = resident.goes("/see").page
    page.fill("#case", case_code)
    page.locator("#form").get_by_role("button").click()
    page.fill("#code", own_code)
    resident.looks()
    page.locator("#form").get_by_role("button").click()
    page.wait_for_url("**/see/case")
    resident.looks()
    expect(page.locator(".portal-status")).to_be_visible()
    expect(page.locator("main")).to_contain_text("王建国")
    expect(page.locator("main")).not_to_contain_text("13800138001")
    link = page.locator("main a[href^='/see/papers/']").filter(has_text="人民调解协议书").first
    fetched = page.context.request.get(resident.address + str(link.get_attribute("href")))
    assert fetched.headers["content-type"] == "application/pdf"
    told = text_of_pdf(fetched.body())
    assert "玖仟元整" in told
    assert "13800138001" not in told
