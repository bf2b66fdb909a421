"""What the panel offers: every effect with its headers, in words; forms, flows, decisions and roles of the draft."""

from __future__ import annotations

import json

from flask_babel import force_locale

from mediation.admin.editor import panel_words
from mediation.vocabulary import shipped_vocabulary


def test_every_effect_and_every_header_has_a_name_in_words():
    effects = shipped_vocabulary().effects
    assert [name for name in sorted(effects) if name not in panel_words.EFFECTS] == []
    arguments = {name for spec in effects.values() for name in spec.arguments}
    assert sorted(arguments - set(panel_words.ARGUMENTS)) == []


def test_each_effect_has_an_element_template_with_its_required_headers(admin, draft):
    page = admin.get(f"/admin/drafts/{draft.id}/edit/intake.bpmn")
    templates = {one["id"]: one for one in json.loads(page.select_one("[data-flow-editor]")["data-templates"])}
    effects = shipped_vocabulary().effects
    assert set(templates) == {f"effect-{name}" for name in effects}
    for name, spec in effects.items():
        own = templates[f"effect-{name}"]["properties"]
        asked = {one["binding"]["key"] for one in own if one.get("constraints", {}).get("notEmpty")}
        assert asked == set(spec.required), name
        assert {one["binding"]["key"] for one in own if one["binding"]["type"] == "zeebe:taskHeader"} == set(
            spec.arguments
        )


def test_the_panel_offers_what_the_draft_holds_in_the_language_of_the_page(app, admin, draft):
    admin.speaks("en")
    page = admin.get(f"/admin/drafts/{draft.id}/edit/intake.bpmn")
    offered = json.loads(page.select_one("[data-flow-editor]")["data-catalogue"])
    assert {one["value"] for one in offered["forms"]} == {"registration", "look"}
    assert {one["value"] for one in offered["decisions"]} == {"rating"}
    assert "mediator" in {one["value"] for one in offered["roles"]}
    assert offered["words"]["ground"] == "Ground"
    with force_locale("zh_CN"):
        assert panel_words.effect("issue-paper") == "出具文书"


def test_a_closed_list_of_words_is_offered_as_a_choice(app, admin, draft):
    page = admin.get(f"/admin/drafts/{draft.id}/edit/intake.bpmn")
    effects = {
        one["value"]: one for one in json.loads(page.select_one("[data-flow-editor]")["data-catalogue"])["effects"]
    }
    fields = {one["key"]: one for one in effects["issue-paper"]["fields"]}
    assert "applicant" in {one["value"] for one in fields["to"]["options"]}
    assert "agreement" in {one["value"] for one in fields["kind"]["options"]}
    assert fields["reason"]["options"] is None
