"""What a paper accepts and what it refuses, before anything is printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from documents import layout_check
from documents.bundle import BrokenBundle, Layouts
from documents.facts import Reader
from documents.fonts import Fonts
from documents.listing import detail, overview
from documents.refusals import PaperRefused
from documents.samples import SAMPLES

Facts = Callable[[str], dict[str, Any]]
LAYOUTS = Layouts.shipped()
KINDS = sorted(LAYOUTS.kinds)
GONE = object()


def test_every_kind_has_a_sample_and_every_sample_a_kind() -> None:
    assert set(SAMPLES) == set(LAYOUTS.kinds)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_needs_what_it_lists(kind: str, facts: Facts) -> None:
    for key, field in LAYOUTS.kind(kind).facts.items():
        if field.get("optional") or field.get("list", [1])[0] == 0:
            continue
        lacking = {name: value for name, value in facts(kind).items() if name != key}
        with pytest.raises(PaperRefused) as refusal:
            LAYOUTS.read(kind, lacking)
        assert (refusal.value.code, refusal.value.field) == ("missing", key)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_unlisted_slips_onto_a_paper(kind: str, facts: Facts) -> None:
    with pytest.raises(PaperRefused) as refusal:
        LAYOUTS.read(kind, {**facts(kind), "caucus_note": "对方不知道的底线"})
    assert (refusal.value.code, refusal.value.field) == ("unknown-fact", "caucus_note")
    assert "底线" not in str(refusal.value)


@pytest.mark.parametrize("kind", KINDS)
def test_reading_the_clean_copy_again_changes_nothing(kind: str, facts: Facts) -> None:
    clean = LAYOUTS.read(kind, facts(kind))
    assert LAYOUTS.read(kind, clean) == clean


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (["matter"], 7, "wrong-type"),
        (["matter"], "长" * 121, "too-long"),
        (["parties"], [], "missing"),
        (["parties"], {}, "wrong-type"),
        (["parties", 1], None, "missing"),
        (["parties", 0, "name"], "   ", "missing"),
        (["parties", 0, "name"], "李" * 61, "too-long"),
        (["parties", 0, "name"], "李\ud800", "no-glyph"),
        (["parties", 0, "name"], "李\ue000", "no-glyph"),
        (["parties", 0, "name"], "李😀", "no-glyph"),
        (["parties", 0, "kind"], "ghost", "wrong-type"),
        (["parties", 0, "birth_date"], "1985-02-30", "wrong-type"),
        (["parties", 0, "birth_date"], "0985-02-03", "wrong-type"),
        (["parties", 0, "age"], -1, "wrong-type"),
        (["parties", 0, "age"], True, "wrong-type"),
        (["parties", 0, "telephone"], "138", "unknown-fact"),
        (["terms"], [{"text": "还款"}] * 61, "too-many"),
        (["terms", 1, "amount"], 12000.0, "wrong-type"),
        (["terms", 1, "amount"], "-5", "wrong-type"),
        (["terms", 1, "amount_words"], "壹万叁仟元整", "amounts-differ"),
        (["terms", 1, "amount_words"], "一万二千", "wrong-type"),
        (["terms", 0, "amount_words"], "壹元整", "words-without-figures"),
        (["instalments", 2, "amount"], "4000.01", "sum-differs"),
        (["instalments", 0, "amount_words"], "肆仟元伍角", "amounts-differ"),
        (["instalments", 0, "payer"], "张三", "not-a-party"),
        (["instalments", 0, "payee"], "王䶮", "pays-itself"),
        (["instalments", 0, "due"], "20261130", "no-refusal"),
        (["instalments", 0, "due"], "下月底", "wrong-type"),
        (["total_words"], "壹万贰仟元伍角", "amounts-differ"),
        (["total"], "13000", "amounts-differ"),
        (["copies"], 2, "copies-too-few"),
        (["copies"], 100, "wrong-type"),
        (["wet_ink_only"], "yes", "wrong-type"),
        (["parties", 0, "age"], GONE, "no-refusal"),
    ],
)
def test_a_flawed_agreement_is_refused_where_the_flaw_is(path: list[Any], value: Any, code: str, facts: Facts) -> None:
    flawed = facts("agreement")
    change(flawed, path, value)
    if code == "no-refusal":
        LAYOUTS.read("agreement", flawed, Fonts.found().printable)
        return
    with pytest.raises(PaperRefused) as refusal:
        LAYOUTS.read("agreement", flawed, Fonts.found().printable)
    assert refusal.value.code == code
    assert refusal.value.message_en.split()[0].isascii()
    assert refusal.value.message != refusal.value.message_en


def change(facts: Any, path: list[Any], value: Any) -> None:
    for step in path[:-1]:
        facts = facts[step]
    if value is GONE:
        facts.pop(path[-1], None)
    else:
        facts[path[-1]] = value


GROUPS = {**LAYOUTS.records, **{f"{kind.key} paper": kind.facts for kind in LAYOUTS.kinds.values()}}
PAIRS = [(name, key) for name, fields in GROUPS.items() for key, field in fields.items() if field["type"] == "words"]


@pytest.mark.parametrize(("where", "key"), PAIRS)
def test_wherever_an_amount_stands_in_figures_and_words_the_two_must_agree(where: str, key: str) -> None:
    fields = GROUPS[where]
    figures = key.removesuffix("_words")
    pair = {name: {**fields[name], "optional": True} for name in (figures, key)}
    reader = Reader(LAYOUTS.records)
    assert reader.read(pair, {figures: "12000", key: "壹万贰仟元整"})[figures] == "12000.00"
    for facts, code in (({figures: "12000.50"}, "amounts-differ"), ({}, "words-without-figures")):
        with pytest.raises(PaperRefused) as refusal:
            reader.read(pair, {**facts, key: "壹万贰仟元整"})
        assert (refusal.value.code, refusal.value.field) == (code, key)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("赔偿人民币壹万贰仟元整（¥12,000.00）", False),
        ("赔偿12000元（大写：壹万贰仟元整）", False),
        ("赔偿12000元（人民币壹万贰仟圆整）", False),
        ("赔偿壹万贰仟元（小写：12000元）", False),
        ("赔偿人民币壹万贰仟元整（¥12,500.00）", True),
        ("赔偿12000元（大写：壹万贰仟伍佰元整）", True),
        ("首期6000元（陆仟元整），余款6000元（大写：陆佰元整）", True),
        ("赔偿12000元（壹万贰仟圆伍角）", True),
        ("按月付500元（共二十四期），见附件（壹）", False),
        ("3元（壹）、壹拾（10）、元（¥）", False),
        ("12,00元（大写：壹元整）", False),
    ],
)
def test_a_text_that_says_an_amount_twice_says_it_alike(text: str, refused: bool, facts: Facts) -> None:
    told = facts("agreement")
    told["terms"][1]["text"] = text
    if not refused:
        LAYOUTS.read("agreement", told)
        return
    with pytest.raises(PaperRefused) as refusal:
        LAYOUTS.read("agreement", told)
    assert (refusal.value.code, refusal.value.field) == ("amounts-differ", "terms[1].text")


def test_a_kind_whose_words_have_no_figures_beside_them_is_refused_when_it_is_published() -> None:
    path = "kinds/urging_letter.json"
    files = {**LAYOUTS.files, path: LAYOUTS.files[path].replace('"total_words"', '"sum_words"')}
    with pytest.raises(BrokenBundle, match="words stand beside an amount"):
        Layouts.of(files)


def test_a_child_signs_through_a_guardian_only(facts: Facts) -> None:
    flawed = facts("agreement")
    flawed["date"] = "2026-11-18"
    flawed["parties"][0]["birth_date"] = "2010-11-19"
    with pytest.raises(PaperRefused, match="guardian-missing"):
        LAYOUTS.read("agreement", flawed)
    flawed["parties"][0]["guardian"] = {"name": "李建国", "relation": "父亲"}
    assert LAYOUTS.read("agreement", flawed)["parties"][0]["guardian"]["relation"] == "父亲"


def test_from_sixteen_on_a_young_worker_may_sign_alone(facts: Facts) -> None:
    young = facts("agreement")
    young["date"] = "2026-11-18"
    young["parties"][0]["birth_date"] = "2010-11-18"
    assert LAYOUTS.read("agreement", young)


@pytest.mark.parametrize(
    ("kind", "path", "value", "code"),
    [
        ("minutes", ["speeches"], [], "missing"),
        ("extension_notice", ["extended_until"], "2026-11-23", "not-later"),
        ("confirmation_application", ["agreement", "effective_on"], None, "missing"),
        ("urging_letter", ["overdue", 0, "paid"], "4000.01", "paid-exceeds-due"),
        ("urging_letter", ["total"], "2500.01", "amounts-differ"),
        ("urging_letter", ["overdue", 0, "paid"], "1000", "sum-differs"),
        ("registration_receipt", ["registered_at"], "2026-10-21T09:42:00+08:00", "wrong-type"),
        ("registration_receipt", ["registered_at"], "2026-10-21 25:00", "wrong-type"),
        ("termination_notice", ["cause"], "bored", "wrong-type"),
        ("invitation", ["meeting", "place"], "", "missing"),
    ],
)
def test_other_papers_are_refused_where_their_flaw_is(
    kind: str, path: list[Any], value: Any, code: str, facts: Facts
) -> None:
    flawed = facts(kind)
    change(flawed, path, value)
    with pytest.raises(PaperRefused) as refusal:
        LAYOUTS.read(kind, flawed)
    assert refusal.value.code == code


def test_facts_that_are_no_plain_data_are_refused() -> None:
    endless: dict[str, Any] = {}
    endless["body"] = endless
    for strange in (None, [], "agreement", {1: 2}, {"body": object()}, {"body": float("nan")}, endless):
        with pytest.raises(PaperRefused):
            LAYOUTS.read("agreement", strange)


def test_marks_that_hide_or_reorder_text_are_gone(facts: Facts) -> None:
    tricked = facts("agreement")
    tricked["parties"][0]["name"] = "李\u202e昇\u200b玥\x07\ufeff"
    tricked["instalments"][0]["payee"] = tricked["instalments"][1]["payee"] = tricked["instalments"][2]["payee"] = (
        "李昇玥"
    )
    assert LAYOUTS.read("agreement", tricked)["parties"][0]["name"] == "李昇玥"


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(PaperRefused, match="unknown-kind"):
        LAYOUTS.read("../../etc/passwd", {})


def test_a_release_carries_its_layouts_as_texts_with_the_same_hash() -> None:
    copy = Layouts.of(dict(reversed(LAYOUTS.files.items())))
    assert copy.hash == LAYOUTS.hash
    assert copy.version("agreement") == LAYOUTS.version("agreement")


def test_changing_one_layout_changes_the_version_of_its_kind_alone() -> None:
    files = {**LAYOUTS.files, "layouts/minutes.html": LAYOUTS.files["layouts/minutes.html"] + "\n"}
    changed = Layouts.of(files)
    assert changed.hash != LAYOUTS.hash
    assert changed.version("minutes") != LAYOUTS.version("minutes")
    assert changed.version("agreement") == LAYOUTS.version("agreement")


@pytest.mark.parametrize(
    ("path", "old", "new", "problem"),
    [
        ("kinds/minutes.json", '"layout": "minutes.html"', '"layout": "other.html"', "other.html is missing"),
        ("kinds/minutes.json", '"key": "minutes"', '"key": "protocol"', "named after the key"),
        ("kinds/minutes.json", '"minutes-say-something"', '"whatever"', "no check whatever"),
        ("kinds/minutes.json", '"type": "integer"', '"type": "number"', "no type number"),
        ("kinds/minutes.json", '"facts"', '"truths"', "does not read"),
        ("kinds/records.json", '"type": "route_"', "", ""),
    ],
)
def test_a_broken_bundle_is_refused_when_it_is_published(path: str, old: str, new: str, problem: str) -> None:
    files = {**LAYOUTS.files, path: LAYOUTS.files[path].replace(old, new)}
    if not problem:
        files.pop(path)
        problem = "records.json is missing"
    with pytest.raises(BrokenBundle, match=problem):
        Layouts.of(files)


def test_the_listing_names_every_kind_and_every_fact_of_it() -> None:
    rows = {row[0]: row for row in overview(LAYOUTS)}
    assert list(rows) == list(LAYOUTS.kinds)
    assert rows["agreement"][1:] == (
        *(
            "人民调解协议书",
            "Mediation agreement",
            "parties, mediators, recorder",
            "body",
            "dossier",
            "permanent",
            "10",
        ),
    )
    for kind in LAYOUTS.kinds.values():
        lines = detail(LAYOUTS, kind.key)
        assert all(any(line.startswith(f"- {key}: ") for line in lines) for key in kind.facts)


@pytest.mark.parametrize("kind", KINDS)
def test_every_fact_of_a_kind_appears_on_its_paper(kind: str) -> None:
    files, own = LAYOUTS.files, LAYOUTS.kind(kind).layout
    layout = "".join(files[f"layouts/{name}"] for name in layout_check.reached(files, own) if name != "macros.html")
    unused = [key for key in LAYOUTS.kind(kind).facts if key not in layout and not key.endswith("_words")]
    assert unused == []
