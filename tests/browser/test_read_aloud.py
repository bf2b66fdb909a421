"""The button that reads an agreement aloud: in the browser's own voice, and in words where it has none."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from mediation import assets

PAGE = """<html lang="zh-CN"><button data-read-aloud="points" data-say-silent="没有语音" aria-pressed="false" hidden>朗读</button>
<ol id="points" lang="zh-CN"><li><p data-say>李秀兰给王建国钱：赔偿。</p><p data-say>一共 6,000 元。</p></li></ol></html>"""
# A voice that keeps what it is told, and says it, fails or stays silent.
VOICE = """how => {
  window.heard = [];
  const voice = { cancel() {}, speak(said) {
    heard.push([said.text, said.lang]);
    if (how === "speaks") for (const name of ["start", "end"]) said.dispatchEvent(new Event(name));
    if (how === "fails") said.dispatchEvent(Object.assign(new Event("error"), { error: "language-unavailable" }));
  } };
  Object.defineProperty(window, "speechSynthesis", { value: voice, configurable: true });
}"""


@pytest.fixture
def page(open_page: Any) -> Any:
    def come(how: str) -> Page:
        opened = open_page("about:blank")
        opened.set_content(PAGE)
        opened.evaluate(VOICE, how) if how else opened.evaluate(
            "() => { delete Window.prototype.speechSynthesis; delete window.speechSynthesis; }"
        )
        opened.add_script_tag(path=str(assets.built("read-aloud.js")), type="module")
        return opened

    return come


def test_every_line_is_spoken_in_the_language_of_the_page(page):
    opened = page("speaks")
    opened.get_by_role("button").click()
    assert opened.evaluate("heard") == [["李秀兰给王建国钱：赔偿。", "zh-CN"], ["一共 6,000 元。", "zh-CN"]]
    expect(opened.get_by_role("button")).to_have_attribute("aria-pressed", "false")
    expect(opened.get_by_role("status")).to_have_text("")


@pytest.mark.parametrize("how", ["fails", "is silent"])
def test_a_device_without_a_voice_says_so_in_words(page, how):
    opened = page(how)
    opened.get_by_role("button").click()
    expect(opened.get_by_role("status")).to_have_text("没有语音")
    expect(opened.get_by_role("button")).to_have_attribute("aria-pressed", "false")


def test_a_browser_that_cannot_speak_shows_no_button(page):
    expect(page("").locator("button")).to_be_hidden()
