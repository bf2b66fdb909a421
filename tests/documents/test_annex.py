"""The English translation behind a paper: on request, from the kind's own names, on pages that count on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from documents import layout_check
from documents.annex import day, entries
from documents.bundle import ANNEX, Layouts
from documents.refusals import PaperRefused
from documents.render import Paper, render
from documents.samples import CHECK_URL, SAMPLES
from tests.documents.conftest import plain, text_of

LAYOUTS = Layouts.shipped()


@pytest.fixture(scope="module")
def translated() -> Paper:
    return render("agreement", SAMPLES["agreement"], check_url=CHECK_URL, annex=True)


def test_a_translation_follows_on_its_own_pages(translated: Paper, sample_papers: Mapping[str, Paper]) -> None:
    chinese = sample_papers["agreement"]
    pages = text_of(translated.pdf).split("\f")
    assert len(pages) == translated.pages > chinese.pages
    first = pages[chinese.pages]
    assert "Translation for reference; the Chinese text prevails" in first
    assert f"Page {chinese.pages + 1} of {translated.pages}" in first
    assert all("Translation for reference" not in page for page in pages[: chinese.pages])
    assert translated.boxes == chinese.boxes


def test_it_says_dates_sums_and_choices_as_english_does(translated: Paper) -> None:
    text = plain(text_of(translated.pdf))
    for said in ("Due: 30 November 2026", "RMB 4,000.00", "Total: RMB 12,000.00", "Kind of party: Person"):
        assert plain(said) in text
    assert "Amountinwords" not in text


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_every_fact_that_a_kind_is_told_has_its_place(kind: str) -> None:
    facts = LAYOUTS.read(kind, SAMPLES[kind])
    fields = LAYOUTS.kind(kind).facts
    said = {entry.name for entry in entries(fields, facts, LAYOUTS.records)}
    told = {fields[key]["en"] for key, value in facts.items() if value not in (None, [])}
    assert told - said == {fields[key]["en"] for key in facts if fields[key]["type"] == "words" and facts[key]}


def test_with_and_without_it_are_two_papers_and_each_is_always_the_same(
    translated: Paper, sample_papers: Mapping[str, Paper]
) -> None:
    again = render("agreement", SAMPLES["agreement"], check_url=CHECK_URL, annex=True)
    assert again == translated
    assert again.sha256 != sample_papers["agreement"].sha256


def test_what_a_kind_says_in_fixed_words_stands_before_its_facts() -> None:
    path = "kinds/invitation.json"
    own = LAYOUTS.files[path].replace('"facts": {', '"annex": ["Please come; it costs <nothing>."],\n  "facts": {', 1)
    paper = render("invitation", SAMPLES["invitation"], annex=True, layouts=Layouts.of({**LAYOUTS.files, path: own}))
    text = text_of(paper.pdf)
    assert text.index("Please come; it costs <nothing>.") < text.index("Mediation body")


def test_layouts_of_an_earlier_release_refuse_what_they_do_not_know() -> None:
    base = "layouts/base.html"
    before = LAYOUTS.files[base].replace('{% if annex %}{% include "annex.html" %}{% endif %}', "")
    old = Layouts.of({path: text for path, text in {**LAYOUTS.files, base: before}.items() if path != ANNEX})
    with pytest.raises(PaperRefused, match="annex"):
        render("invitation", SAMPLES["invitation"], annex=True, layouts=old)
    assert render("invitation", SAMPLES["invitation"], layouts=old).pages == 1


def test_marks_in_facts_stay_text(facts: Callable[[str], dict[str, Any]]) -> None:
    hostile = {**facts("invitation"), "addressee": "<b>{{ 7*7 }}</b>"}
    assert "Addressee:<b>{{7*7}}</b>" in plain(text_of(render("invitation", hostile, annex=True).pdf))


OUTWARD = sorted(key for key, kind in LAYOUTS.kinds.items() if kind.addressed_to not in ("file", "agency"))


@pytest.mark.parametrize("kind", sorted(LAYOUTS.kinds))
def test_every_kind_says_in_english_what_its_fixed_text_says(kind: str) -> None:
    told = LAYOUTS.kind(kind).annex
    assert told
    assert all(len(one) > 40 and one.isascii() for one in told)


@pytest.mark.parametrize("kind", OUTWARD)
def test_the_articles_that_a_paper_for_parties_and_courts_cites_stand_in_its_translation(kind: str) -> None:
    own = layout_check.reached(LAYOUTS.files, LAYOUTS.kind(kind).layout) - {"macros.html", "base.html", "annex.html"}
    printed = "".join(LAYOUTS.files[f"layouts/{name}"] for name in own)
    cited = {_figure(one) for one in re.findall("第([一二三四五六七八九十百零]+)条", printed)}
    assert cited <= {int(one) for one in re.findall(r"[0-9]+", " ".join(LAYOUTS.kind(kind).annex))}


def _figure(numeral: str) -> int:
    """二百零五 -> 205."""
    total, last = 0, 0
    for sign in numeral:
        if sign in ("十", "百"):
            total, last = total + (last or 1) * {"十": 10, "百": 100}[sign], 0
        else:
            last = "零一二三四五六七八九".index(sign)
    return total + last


def test_months_are_english_on_every_machine() -> None:
    from datetime import date

    assert [day(date(2026, month, 1)).split()[1] for month in (1, 5, 9, 12)] == [
        "January",
        "May",
        "September",
        "December",
    ]
