"""Calculators on their page: what they ask, what comes out, and how it gets into a draft."""

from __future__ import annotations

from sqlalchemy import select

from documents.agreement.calculators import calculators
from mediation.extensions import db
from mediation.models import Draft
from tests.mediation.agreements.test_drafting import fields


def test_every_calculator_has_a_page_that_offers_its_rates(sign_in):
    person = sign_in("mediator")
    person.get("/calculators")
    links = [link["href"] for link in person.page.select("main .plain-rows a")]
    assert links == [f"/calculators/{key}" for key in calculators()]
    for link in links:
        person.get(link)
        assert person.page.select_one("main form [name=reckon]") is not None


def test_a_sum_shows_its_article_its_working_and_its_rates(sign_in):
    person = sign_in("mediator")
    person.get("/calculators/late_interest?reckon=1&principal=10000&begin=2025-06-01&end=2026-05-31")
    result = person.page.select_one("#result").get_text()
    assert "300.00" in result
    assert "10,000 × 3% × 365 ÷ 365" in result
    assert "第五百七十七条" in result
    assert "2025-05-20" in result
    assert "未核实" in result


def test_what_cannot_be_reckoned_with_is_told_at_its_field(sign_in):
    person = sign_in("mediator")
    person.get("/calculators/late_interest?reckon=1&principal=viel&begin=2025-06-01&end=2024-05-31", status=422)
    assert "本金" in person.page.select_one(".error-summary").get_text()
    assert person.page.select_one("[name=principal]")["value"] == "viel"


def test_an_unknown_calculator_is_not_found(sign_in):
    sign_in("mediator").get("/calculators/horoscope", status=404)


def test_on_the_way_to_the_calculators_the_draft_is_kept_and_a_sum_becomes_its_last_term(drafting, pays, sign_in):
    person = sign_in("mediator")
    person.post(f"/tasks/{drafting.id}", {**fields(pays()), "facts": "漏水", "version": "1", "_calculate": "1"})
    assert person.response.request.path == "/calculators"
    person.get(f"/calculators/work_injury?task={drafting.id}&reckon=1&outcome=10&wage=5000")
    person.submit({}, form="form[action$='/term']")
    kept = db.session.scalars(select(Draft)).one().answers
    assert kept["facts"] == ["漏水"]
    assert (kept["terms-1-purpose"], kept["terms-1-amount"], kept["terms-1-standard"]) == (
        ["work_injury"],
        ["35000.00"],
        ["35000.00"],
    )
    assert person.page.select_one("[name=terms-1-amount]")["value"] == "35000.00"


def test_nobody_puts_a_term_into_somebody_elses_draft(drafting, sign_in):
    sign_in("clerk").post(f"/tasks/{drafting.id}/term", {"amount": "1"}, status=404)
    sign_in("mediator").post(f"/tasks/{drafting.id}/term", {"amount": "1"}, status=404)


def test_after_reckoning_the_page_opens_at_the_result(sign_in):
    person = sign_in("mediator")
    page = person.get("/calculators/traffic_injury?reckon=1&medical=12000")
    assert page.select_one("main form[method=get]")["action"].endswith("#result")
    assert page.select_one("#result .calc-working").get_text() == "12,000.00"


def test_what_is_missing_and_what_is_too_large_are_told_apart(sign_in):
    page = sign_in("mediator").get("/calculators/traffic_injury?reckon=1&medical=&share=130", status=422)
    told = [one.get_text() for one in page.select(".error-summary li")]
    assert [one for one in told if one.endswith("请填写数字。")]
    assert [one for one in told if one.endswith("请填写 0 至 100 之间的数字。")]
