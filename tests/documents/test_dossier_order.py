"""The order of a dossier: every kind has its place, and what must not be missing is told."""

from __future__ import annotations

import pytest

from documents.bundle import Layouts
from documents.dossier_order import FACTS, Item, arrange, order
from workflows.feel import evaluate

ACCEPTED = {"accepted": True}
CLOSED = {"accepted": True, "closed": True, "agreement": "written", "meetings": 1}


def missing(facts, *kinds, unsigned=()):
    items = [Item(kind, kind, "2026-11-23") for kind in kinds] + [
        Item(kind, kind, "2026-11-23", whole=False) for kind in unsigned
    ]
    return [one.told("zh") for one in arrange(items, facts).missing]


def test_every_kind_has_one_place_or_stays_outside():
    named = [kind for place in order().places for kind in place.kinds if ":" not in kind]
    assert sorted([*named, *order().outside]) == sorted(Layouts.shipped().kinds)


def test_there_are_thirteen_places_and_every_condition_is_feel_over_the_known_facts():
    conditions = [rule.when for place in order().places for rule in place.required]
    assert len(order().places) == 13
    assert {type(evaluate(condition, FACTS)) for condition in conditions} == {bool}


def test_what_can_be_issued_is_one_of_what_is_asked_for():
    rules = [rule for place in order().places for rule in place.required if rule.issue]
    assert rules
    assert all(rule.issue in rule.any_of for rule in rules)


def test_papers_stand_in_the_order_of_the_rules_and_then_by_their_day():
    kinds = ["closing_report", "minutes", "agreement", "rights_notice", "minutes", "registration_form"]
    items = [Item(str(number), kind, f"2026-11-{28 - number}") for number, kind in enumerate(kinds)]
    found = [item.key for filled in arrange(items, {}).places for item in filled.items]
    assert found == ["5", "3", "4", "1", "2", "0"]


def test_what_was_replaced_stands_behind_its_successor_and_fulfils_nothing():
    old = Item("old", "agreement", "2026-11-01", replaced_by="mid")
    mid = Item("mid", "agreement", "2026-11-02", replaced_by="new")
    new, other = Item("new", "agreement", "2026-11-20", whole=False), Item("other", "agreement", "2026-11-10")
    found = arrange([old, mid, new, other], {})
    assert [one.key for one in found.places[7].items] == ["other", "new", "mid", "old"]
    assert missing({"agreement": "written"}, "minutes") == ["调解协议书"]
    assert [one.unsigned for one in arrange([old, new], {"agreement": "written"}).missing] == [True]


def test_scans_stand_behind_the_papers_of_their_place():
    items = [Item("scan", "attachment:evidence", "2026-01-01"), Item("list", "evidence_list", "2026-11-23")]
    assert [item.key for item in arrange(items, {}).places[5].items] == ["list", "scan"]


def test_a_kind_that_no_place_names_comes_last():
    assert arrange([Item("new", "kind_of_next_year", "2026")], {}).places[-1].items[0].key == "new"


def test_what_binding_makes_is_never_bound_again():
    assert [f.items for f in arrange([Item("old", "dossier_cover", "2026")], {}).places if f.items] == []


@pytest.mark.parametrize(("facts", "there", "told"), [
    ({}, [], []),
    (ACCEPTED, [], ["调解申请书或者受理登记表", "权利义务告知书", "当事人身份证明"]),
    (ACCEPTED, ["mediation_application", "rights_notice", "attachment:identity"], []),
    ({**ACCEPTED, "agents": 1}, ["registration_form", "rights_notice", "identity_sheet"], ["授权委托书"]),
    ({"meetings": 1}, [], ["调解记录"]),
    ({"meetings": 2}, ["minutes"], []),
    ({"agreement": "written"}, [], ["调解协议书"]),
    ({"agreement": "oral"}, [], ["口头协议登记表"]),
    ({"agreement": "written", "members": 12}, ["agreement"], ["被代表成员同意书"]),
    ({"confirmation": True}, [], ["司法确认申请书"]),
    ({"accepted": True, "closed": True}, ["registration_form", "rights_notice", "identity_sheet"], ["调解终止文书", "结案报告"]),
])  # fmt: skip
def test_what_is_missing(facts, there, told):
    assert missing(facts, *there) == told


def test_a_paper_without_its_hands_is_there_and_still_missing():
    told = missing({"agreement": "written"}, unsigned=["agreement"])
    assert told == ["调解协议书（未签名盖章）"]


def test_an_earlier_one_without_hands_does_not_count_against_the_signed_one():
    assert missing({"agreement": "written"}, "agreement", unsigned=["agreement"]) == []
