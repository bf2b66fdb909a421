"""A draft becomes the release that new cases follow; running ones keep theirs; the one before comes back."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select

from mediation import releases
from mediation.admin.editor import operations
from mediation.admin.editor.differences import Difference, differences
from mediation.extensions import command, db
from mediation.models import Entry, Release, ReleaseDraft
from tests.journeys.steps import LEAK, register
from tests.journeys.table import Table
from tests.small_release import ENGLISH, flow, publish_small, small_bundle
from workflows.model import Bundle


def publishes(admin, draft, note="核对改名"):
    admin.get(f"/admin/drafts/{draft.id}/publish")
    return admin.submit({"note": note})


def open_step(table: Table) -> str:
    """What the step after registering is called in the case that was registered last."""
    return table.person("clerk").get(f"/tasks/{table.task_id('look')}").select_one("h1").get_text(strip=True)


def test_a_new_case_follows_the_new_release_and_a_running_one_keeps_the_old(app, admin, draft, sends, sign_in):
    before, after = Table(app, sign_in), Table(app, sign_in)
    register(before, LEAK)
    sends(admin, "intake.bpmn", flow("到现场核对").decode())
    page = publishes(admin, draft)
    assert "核对改名" in page.get_text()
    register(after, LEAK)
    assert (open_step(before), open_step(after)) == ("核对材料", "到现场核对")


def test_the_release_before_is_made_current_again_and_it_is_written_down(app, admin, draft, release, sends, sign_in):
    sends(admin, "intake.bpmn", flow("到现场核对").decode())
    publishes(admin, draft)
    page = admin.get("/admin/releases")
    assert page.select_one(f"form[action='/admin/releases/{release.hash}/current']")["data-confirm"]
    admin.post(f"/admin/releases/{release.hash}/current")
    table = Table(app, sign_in)
    register(table, LEAK)
    assert open_step(table) == "核对材料"
    actions = list(db.session.scalars(select(Entry.action).where(Entry.action.like("release-%")).order_by(Entry.id)))
    assert actions[-2:] == ["release-published", "release-made-current"]


def test_the_list_of_releases_says_who_published_what_for_and_how_many_cases_run_on_each(
    app, admin, draft, sends, sign_in
):
    register(Table(app, sign_in), LEAK)
    sends(admin, "intake.bpmn", flow("到现场核对").decode())
    publishes(admin, draft, "夜间也受理")
    rows = [row.get_text(" ", strip=True) for row in admin.get("/admin/releases").select("tbody tr")]
    assert any("夜间也受理" in row and "钱明" in row for row in rows)
    assert [cell.get_text(strip=True) for cell in admin.page.select("td[data-label='在办案件']")].count("1") == 1


def test_the_page_before_publishing_says_what_changes_in_words(admin, draft, sends):
    sends(admin, "intake.bpmn", flow("到现场核对").decode())
    rows = admin.get(f"/admin/drafts/{draft.id}/publish").select("tbody tr")
    assert [row.select_one("td").get_text(strip=True) for row in rows] == ["intake.bpmn"]
    assert rows[0].select("td")[-1].get_text(strip=True) == "步骤：1 处修改"


def test_a_text_without_parts_is_counted_in_lines():
    found = differences("documents/layouts/letter.html", b"<p>\n  one\n</p>", b"<p>\none\ntwo\n</p>")
    assert found == [Difference("line", added=1, changed=0, removed=0)]


RULE = '<rule id="r3"><inputEntry id="a"><text>5</text></inputEntry><outputEntry id="b"><text>"x"</text></outputEntry></rule>'
REWRITTEN = [("<rule id", "<rule  id"), ("\n<output", "\n   <output"), ("</rule>", "\n</rule>")]


@pytest.mark.parametrize(("path", "edits", "told"), [
    ("rating.dmn", [('"simple"', '"complex"'), *REWRITTEN], "规则：1 处修改"),
    ("rating.dmn", [('<rule id="r2">', RULE + '<rule id="r2">')], "规则：1 处新增"),
    ("look.form", [("核对情况", "看到的情况"), ('"seen"', '"found"')], "栏目：1 处新增、1 处删除"),
    ("i18n/en.json", [("Look at it", "Look again")], "文字：1 处修改"),
    ("intake.bpmn", [('"结案"', '"办结"'), ('id="rate__close" ', 'id="rate__close" name="是" ')], "步骤：1 处修改 · 连线：1 处修改"),
    ("intake.bpmn", [('x="', 'x="1')], "图形位置：\\d+ 处修改"),
], ids=["a cell, rewritten by the editor", "a rule", "a field", "a text", "a step and a connection", "drawn elsewhere"])  # fmt: skip
def test_what_is_different_is_counted_in_the_things_one_sees(admin, draft, sends, path, edits, told):
    whole = next(name for name in small_bundle().files if name.endswith(path))
    content = small_bundle().files[whole].decode()
    for before, after in edits:
        assert before in content
        content = content.replace(before, after)
    sends(admin, whole, content)
    (row,) = admin.get(f"/admin/drafts/{draft.id}/publish").select("tbody tr")
    assert re.fullmatch(told, row.select("td")[-1].get_text(strip=True))


@pytest.mark.parametrize("note", ["", "   "])
def test_a_note_is_asked_for(admin, draft, sends, note):
    sends(admin, "intake.bpmn", flow("到现场核对").decode())
    admin.post(f"/admin/drafts/{draft.id}/publish", {"note": note}, status=422)
    assert db.session.scalars(select(ReleaseDraft.closed_at)).one() is None


def test_a_draft_without_changes_is_not_published(admin, draft, sends):
    sends(admin, "intake.bpmn", flow().decode())
    admin.post(f"/admin/drafts/{draft.id}/publish", {"note": "没有变化"}, status=422)


def test_a_note_of_the_check_does_not_keep_a_draft_back(admin, draft, sends):
    without = json.dumps({**ENGLISH, "decisions": {}, "processes": {}}, ensure_ascii=False)
    sends(admin, "i18n/en.json", without)
    publishes(admin, draft)
    assert db.session.get(ReleaseDraft, draft.id).published_hash


def test_a_draft_that_was_overtaken_is_brought_up_to_date_before_it_is_published(admin, draft, release, sends, house):
    sends(admin, "intake.bpmn", flow("到现场核对").decode())
    sends(admin, "i18n/en.json", renamed("intake", "Mine"))
    with command():
        files = {
            **small_bundle().files,
            "i18n/en.json": renamed("decision", "Theirs").encode(),
            "forms/more.form": more(),
        }
        releases.publish(Bundle(files), note="meanwhile", by=None)
    admin.post(f"/admin/drafts/{draft.id}/publish", {"note": "试"}, status=422)
    admin.post(f"/admin/drafts/{draft.id}/renew")
    found = db.session.get(ReleaseDraft, draft.id)
    bundle = operations.bundle_of(found)
    english = json.loads(bundle.files["i18n/en.json"])
    assert (english["processes"]["intake"]["name"], english["decisions"]["rating"]["name"]) == ("Mine", "Theirs")
    assert "forms/more.form" in bundle.files
    publishes(admin, draft)
    assert db.session.get(ReleaseDraft, draft.id).published_hash == releases.current_release_hash()


def renamed(what: str, name: str) -> str:
    """The English texts of the short release with another name for its flow or its decision."""
    english = json.loads(small_bundle().files["i18n/en.json"])
    entry = english["processes"]["intake"] if what == "intake" else english["decisions"]["rating"]
    entry["name"] = name
    return json.dumps(english, ensure_ascii=False)


def more() -> bytes:
    return small_bundle().files["forms/look.form"].replace(b'"look"', b'"more"')


def test_a_draft_is_begun_from_the_page_of_a_flow(admin):
    admin.get("/admin/drafts?path=intake.bpmn")
    admin.submit({"name": "从流程页开始"})
    assert admin.response.request.path.endswith("/edit/intake.bpmn")


def test_a_draft_needs_a_name(admin):
    admin.get("/admin/drafts")
    page = admin.submit({"name": "  "}, status=422)
    assert page.select_one(".callout-danger")


def test_releases_stay_what_they_were(admin, draft, release, sends):
    before = releases.load_bundle(release.hash).hash
    sends(admin, "intake.bpmn", flow("到现场核对").decode())
    publishes(admin, draft)
    assert releases.load_bundle(release.hash).hash == before == publish_small().hash
    assert len(list(db.session.scalars(select(Release.hash)))) == 3  # shipped, short, published
