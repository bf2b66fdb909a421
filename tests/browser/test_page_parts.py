"""What the scripts add to pages, in a real browser under the real policy; and that pages work without them."""

import pytest
from playwright.sync_api import expect

from tests.browser.parts_site import build_site


@pytest.fixture
def site(serve) -> str:
    return serve(build_site())


def test_keys_search_go_and_explain_themselves(open_page, site):
    page = open_page(site)
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("g c")  # typed into the search box, not obeyed
    expect(page.locator("#search")).to_have_value("g c")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("#keys-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page.locator("h1")).to_have_text("Done: /cases")


def test_the_whole_row_is_the_link(open_page, site):
    page = open_page(site)
    page.get_by_text("Wang and Li").click()
    expect(page.locator("h1")).to_have_text("Draft the agreement")


def test_what_cannot_be_undone_is_asked_first(open_page, site):
    page = open_page(site)
    page.get_by_role("button", name="End it").click()
    dialog = page.locator("#confirm-dialog")
    expect(dialog).to_contain_text("Nothing brings it back.")
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.locator("h1")).to_have_text("My work")
    page.get_by_role("button", name="End it").click()
    dialog.get_by_role("button", name="End it").click()
    expect(page.locator("h1")).to_have_text("Done: /end")


def test_a_menu_opens_and_the_escape_key_closes_it(open_page, site):
    page = open_page(site)
    page.locator("summary", has_text="Further").click()
    expect(page.get_by_role("link", name="Export")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Export")).to_be_hidden()


def test_large_type_stays(open_page, site):
    page = open_page(site)
    page.locator("[data-large-type]").click()
    page.reload()
    expect(page.locator("html")).to_have_class("large-type")


def test_a_row_is_added_and_nothing_typed_is_lost(open_page, site):
    page = open_page(site + "/task")
    page.fill("#facts", "The ceiling is wet.")
    page.get_by_role("button", name="Add a row").click()
    expect(page.locator(".row-entry")).to_have_count(2)
    expect(page.locator("#facts")).to_have_value("The ceiling is wet.")


def test_a_field_that_depends_on_another_appears(open_page, site):
    page = open_page(site + "/task")
    expect(page.locator("#reason")).to_have_count(0)
    page.get_by_role("radio", name="In parts").check()
    expect(page.locator("#reason")).to_be_visible()


def test_who_types_on_while_the_fields_are_drawn_anew_loses_nothing(open_page, site):
    page, held = open_page(site + "/task"), []
    page.route("**/task", lambda route: held.append(route))
    page.get_by_role("radio", name="In parts").check()
    page.fill("#facts", "The ceiling is wet.")
    held[0].continue_()
    expect(page.locator("#reason")).to_be_visible()
    expect(page.locator("#facts")).to_have_value("The ceiling is wet.")


def test_typing_is_saved_by_itself(open_page, site):
    page = open_page(site + "/task")
    page.fill("#facts", "The ceiling is wet.")
    expect(page.locator("[data-draft-status]")).to_have_text("Saved automatically 10:21")


def test_mistakes_take_the_focus_and_lead_into_the_field(open_page, site):
    page = open_page(site + "/task")
    page.press("#facts", "Enter")  # the Enter key sends, it does not remove a row
    expect(page.locator(".error-summary")).to_be_focused()
    assert page.title().startswith("Error: ")
    expect(page.locator(".row-entry")).to_have_count(1)
    page.locator(".error-summary a").first.click()
    expect(page.locator("#facts")).to_be_focused()


def test_without_scripts_rows_are_added_and_forms_are_sent(open_page, site):
    page = open_page(site + "/task", java_script_enabled=False)
    page.fill("#facts", "The ceiling is wet.")
    page.get_by_role("button", name="Add a row").click()
    expect(page.locator(".row-entry")).to_have_count(2)
    expect(page.locator("#facts")).to_have_value("The ceiling is wet.")
    page.check("text=In parts")
    page.get_by_role("button", name="Show what applies").click()
    expect(page.locator("#reason")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/task"])
def test_nothing_sticks_out_on_the_smallest_telephone_in_large_type(open_page, site, path):
    page = open_page(site + path, width=320)
    page.locator("[data-large-type]").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
