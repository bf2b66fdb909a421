"""The editors in a real browser: a flow changed through the panel, lint at the element, a decision's cell, publishing, going back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from mediation.accounts.passwords import hasher
from mediation.admin.editor import operations
from mediation.extensions import command, db
from mediation.models import Membership, Release, ReleaseDraft
from tests.browser.at_the_desk import Person
from tests.house import PASSWORD, House
from tests.journeys.steps import LEAK, register
from tests.journeys.table import Table
from tests.mediation.editor.conftest import in_draft
from tests.small_release import publish_small

SELECT = """id => {
  const modeler = document.querySelector("[data-flow-editor]").modeler;
  modeler.get("selection").select(modeler.get("elementRegistry").get(id));
}"""
OPEN_ALL = """() => { for (const head of document.querySelectorAll(
  ".bio-properties-panel-group-header:not(.open) .bio-properties-panel-group-header-title")) head.click(); }"""
# One element of each kind that the panel treats in a way of its own.
KINDS = ("pool", "lane_clerk", "start", "look", "rate", "close", "end", "start__register")


@pytest.fixture
def release(house: House) -> Release:
    return publish_small()


@pytest.fixture
def draft(house: House, release: Release) -> ReleaseDraft:
    with command():
        hashed = hasher().hash(PASSWORD)
        for login in ("flow_admin", "director"):
            house.users[login].password_hash = hashed
        first = house.users["flow_admin"].memberships[0]
        house.users["director"].memberships.append(Membership(pool=first.pool, role=first.role))
        return operations.begin("试改", release, by=house.users["flow_admin"])


@pytest.fixture
def admin(
    app: Flask, draft: ReleaseDraft, serve: Callable[[Flask], str], open_page: Callable[..., Page]
) -> Callable[..., Person]:
    """`admin("flow_admin")` is that person's window."""
    address, table = serve(app), Table(app, lambda login: pytest.fail(f"{login} works in a browser here"))

    def person(login: str = "flow_admin", width: int = 1280) -> Person:
        return Person(open_page("about:blank", width=width, locale="zh-CN"), address, table, login)

    return person


def opens(person: Person, draft: ReleaseDraft, path: str) -> Page:
    """The file in its editor, ready; the largest of the pages may stick out at no width either."""
    person.goes(f"/admin/drafts/{draft.id}/edit/{path}")
    expect(person.page.locator("[data-ready]")).to_be_visible()
    return person.page


def selects(page: Page, element: str, group: str) -> None:
    """Select an element and wait until the panel shows this group of it; open the group."""
    page.evaluate(SELECT, element)
    head = page.locator(f"[data-group-id='group-{group}'] .bio-properties-panel-group-header")
    expect(head).to_be_visible()
    if "open" not in (head.get_attribute("class") or "").split():
        head.click()


def types(page: Page, field: str, text: str) -> None:
    """Type into a field of the panel, and leave it."""
    control = page.locator(f"[data-entry-id='{field}'] :is(input, textarea, [contenteditable='true'])").first
    control.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)
    page.locator("h1").click()


def saved(page: Page) -> None:
    expect(page.locator("[data-save-status]")).to_have_attribute("data-tone", "good")
    expect(page.locator("#findings")).not_to_have_attribute("aria-busy", "true")


def test_a_flow_is_changed_checked_published_and_taken_back(
    app: Flask, admin: Callable[..., Person], draft: ReleaseDraft, release: Release, sign_in: Callable[[str], object]
) -> None:
    running = Table(app, sign_in)
    register(running, LEAK)
    page = opens(admin(), draft, "intake.bpmn")
    expect(page.locator("#findings")).to_contain_text("检查无误")

    selects(page, "look", "general")
    types(page, "name", "到现场核对")
    selects(page, "look", "assignmentDefinition")
    types(page, "taskScheduleDueDate", "working_dayz(5)")
    saved(page)

    # The finding stands at the element, and its line in the list leads there.
    sign = page.locator("[data-container-id='look'] .finding-error")
    expect(sign).to_be_visible()
    page.evaluate("document.querySelector('[data-flow-editor]').modeler.get('selection').select([])")
    page.locator("#findings a[data-element='look']").first.click()
    expect(page.locator(".djs-element.selected[data-element-id='look']")).to_have_count(1)
    page.goto(page.url.split("/edit/")[0] + "/publish")
    expect(page.locator("textarea#note")).to_have_count(0)

    page.go_back()
    expect(page.locator("[data-ready]")).to_be_visible()
    selects(page, "look", "assignmentDefinition")
    types(page, "taskScheduleDueDate", "working_days(5)")
    saved(page)
    expect(page.locator("#findings")).to_contain_text("检查无误")

    page.get_by_role("link", name="发布").click()
    page.fill("#note", "到现场核对，期限放宽")
    page.locator("#form .btn-primary").click()
    expect(page.locator("main")).to_contain_text("到现场核对，期限放宽")
    fresh = Table(app, sign_in)
    register(fresh, LEAK)
    assert (step_of(running), step_of(fresh)) == ("核对材料", "到现场核对")

    page.locator(f"form[action$='/{release.hash}/current'] button").click()
    page.locator("#confirm-dialog [value=yes]").click()
    expect(page.locator(".callout-success")).to_be_visible()
    again = Table(app, sign_in)
    register(again, LEAK)
    assert step_of(again) == "核对材料"


def step_of(table: Table) -> str:
    return table.person("clerk").get(f"/tasks/{table.task_id('look')}").select_one("h1").get_text(strip=True)


def test_the_panel_offers_forms_roles_decisions_and_effects_by_name(
    admin: Callable[..., Person], draft: ReleaseDraft
) -> None:
    page = opens(admin(), draft, "intake.bpmn")
    selects(page, "look", "step")
    page.select_option("[data-entry-id='step-formId'] select", "registration")
    types(page, "step-ground", "《人民调解法》第二十七条")
    selects(page, "lane_clerk", "role")
    page.select_option("[data-entry-id='lane-role'] select", label="调解员")
    selects(page, "rate", "decision")
    expect(page.locator("[data-entry-id='step-decisionId'] select")).to_have_value("rating")
    selects(page, "close", "effect")
    page.select_option("[data-entry-id='effect-type'] select", "send-notice")
    page.locator("select[name^='custom-entry-effect-send-notice']").select_option("accepted")
    saved(page)
    content = (in_draft(draft.id, "intake.bpmn") or b"").decode()
    assert 'formId="registration"' in content
    assert "第二十七条" in content
    assert 'name="调解员"' in content
    assert 'zeebe:modelerTemplate="effect-send-notice"' in content
    assert 'type="send-notice"' in content
    assert '<zeebe:header key="template" value="accepted" />' in content


def test_no_word_of_the_editors_is_left_in_english(admin: Callable[..., Person], draft: ReleaseDraft) -> None:
    page = opens(admin(), draft, "intake.bpmn")
    for element in KINDS:
        page.evaluate(SELECT, element)
        expect(page.locator("[data-group-id='group-general']")).to_be_visible()
        page.evaluate(OPEN_ALL)
        if element not in ("pool",):
            page.evaluate(
                """id => { const modeler = document.querySelector("[data-flow-editor]").modeler;
              modeler.get("popupMenu").open(modeler.get("elementRegistry").get(id), "bpmn-replace", { x: 20, y: 20 }); }""",
                element,
            )
            page.keyboard.press("Escape")
    assert page.evaluate("[...document.querySelector('[data-flow-editor]').missingWords]") == []
    page = opens(admin(), draft, "decisions/rating.dmn")
    page.locator("td.cell").nth(1).click(button="right")
    page.keyboard.press("Escape")
    page.locator("[data-views] button").first.click()
    assert page.evaluate("[...document.querySelector('[data-decision-editor]').missingWords]") == []


def test_a_cell_of_a_decision_table_is_changed(admin: Callable[..., Person], draft: ReleaseDraft) -> None:
    page = opens(admin(), draft, "decisions/rating.dmn")
    page.locator("[data-element-id='r1_in']").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("> 20000")
    page.locator("h1").click()
    saved(page)
    assert b"20000" in (in_draft(draft.id, "decisions/rating.dmn") or b"")


def test_a_form_is_written_as_text_with_its_preview_beside_it(
    admin: Callable[..., Person], draft: ReleaseDraft
) -> None:
    page = opens(admin(), draft, "forms/look.form")
    expect(page.locator("[data-preview]")).to_contain_text("核对情况")
    page.fill("#content", page.input_value("#content").replace("核对情况", "看到了什么"))
    expect(page.locator("[data-preview]")).to_contain_text("看到了什么")
    saved(page)
    expect(page.locator("#findings")).to_contain_text("检查无误")


def test_who_loses_a_race_keeps_the_drawing_and_decides(admin: Callable[..., Person], draft: ReleaseDraft) -> None:
    mine, theirs = opens(admin(), draft, "intake.bpmn"), opens(admin("director"), draft, "intake.bpmn")
    selects(mine, "look", "general")
    types(mine, "name", "甲的名称")
    saved(mine)
    selects(theirs, "look", "general")
    types(theirs, "name", "乙的名称")
    expect(theirs.locator("[data-clash]")).to_contain_text("钱明")
    assert "甲的名称".encode() in (in_draft(draft.id, "intake.bpmn") or b"")
    theirs.locator("[data-mine]").click()
    saved(theirs)
    assert "乙的名称".encode() in (in_draft(draft.id, "intake.bpmn") or b"")
    db.session.rollback()


def test_laying_out_keeps_what_the_flow_does(admin: Callable[..., Person], draft: ReleaseDraft) -> None:
    page = opens(admin(), draft, "intake.bpmn")
    page.evaluate("""() => { const modeler = document.querySelector("[data-flow-editor]").modeler;
      modeler.get("modeling").moveElements([modeler.get("elementRegistry").get("look")], { x: 300, y: 0 }); }""")
    saved(page)
    page.locator("[data-do='layout']").click()
    expect(page.locator("[data-save-status]")).to_contain_text("已保存")
    expect(page.locator("#findings")).to_contain_text("检查无误")


def test_a_telephone_shows_the_flow_and_its_findings(admin: Callable[..., Person], draft: ReleaseDraft) -> None:
    page = opens(admin(width=360), draft, "intake.bpmn")
    expect(page.locator(".editor-narrow")).to_be_visible()
    expect(page.locator(".djs-element[data-element-id='look']")).to_have_count(1)
    expect(page.locator(".djs-palette")).to_have_count(0)
    expect(page.locator("#findings")).to_be_visible()


def test_the_preview_of_a_layout_says_that_it_is_coming_and_when_it_did_not(
    admin: Callable[..., Person], draft: ReleaseDraft
) -> None:
    person = admin()
    waiting: list[Route] = []
    person.page.route("**/paper-preview/**", lambda asked: waiting.append(asked))
    page = opens(person, draft, "documents/layouts/agreement.html")
    expect(page.locator("[data-preview][aria-busy]")).to_contain_text("正在印制样张")
    waiting.pop().abort()
    expect(page.locator("[data-preview]:not([aria-busy])")).to_contain_text("没有取到样张")
