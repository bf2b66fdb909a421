"""The calendar of rooms follows its window: a week beside the clock where there is room, else a list."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Route, expect

from mediation import assets

PAGE = """<!doctype html><html lang="zh-CN"><link rel="stylesheet" href="/calendar.css"><body>
<div><div class="calendar" data-calendar="/data" data-language="zh" data-times="时间" data-day="2026-11-23"></div></div>
<script src="/calendar.js" defer></script></body></html>"""
MEETING = '[{"title": "第一调解室", "start": "2026-11-24T09:00:00+08:00", "end": "2026-11-24T10:00:00+08:00", "kind": "mediation"}]'


def answer(route: Route) -> None:
    path = route.request.url.partition("calendar.test")[2].partition("?")[0]
    if path.endswith((".js", ".css")):
        route.fulfill(path=assets.built(path[1:]))
    elif path == "/data":
        route.fulfill(body=MEETING, content_type="application/json")
    else:
        route.fulfill(body=PAGE, content_type="text/html; charset=utf-8")


def test_a_window_that_is_made_narrow_shows_the_week_as_a_list_and_back(open_page: Any) -> None:
    page = open_page("about:blank")
    page.route("**/*", answer)
    page.goto("http://calendar.test/")
    expect(page.get_by_role("tab", name="日程")).to_be_visible()
    hours = page.get_by_text("07:30")
    expect(hours).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 800})
    expect(page.get_by_role("tab", name="日程")).to_have_count(0)
    expect(hours).to_have_count(0)
    expect(page.get_by_text("第一调解室")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(hours).to_be_visible()
