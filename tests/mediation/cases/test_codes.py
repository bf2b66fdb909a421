"""One case, several codings: every key has a name in both languages, and every crosswalk leads somewhere."""

from __future__ import annotations

import pytest
from flask import Flask

from mediation import codes

TABLES = ("kinds", "statistics", "sources", "levels", "risks", "outcomes", "statuses", "routes", "sides", "purposes")


@pytest.mark.parametrize("table", TABLES)
def test_every_code_has_a_name_in_both_languages(app: Flask, table: str) -> None:
    for code in codes.table(table).values():
        assert code.zh
        assert code.en
        assert code.en.isascii(), code


def test_every_kind_leads_to_a_kind_of_the_statistics() -> None:
    assert {code.related for code in codes.table("kinds").values()} <= set(codes.table("statistics"))


def test_every_child_has_its_group() -> None:
    kinds = codes.table("kinds")
    assert all(key[:2] in kinds for key in kinds)
    assert all(any(len(child) == 4 and child[:2] == key for child in kinds) for key in kinds if len(key) == 2)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("楼上漏水泡坏天花板", "0201"),
        ("老板拖欠工资，农民工讨薪", "0701"),
        ("物业费太高", "0402"),
        ("丈夫家暴", "0104"),
        ("今天天气不错", None),
    ],
)
def test_an_account_betrays_its_kind(text: str, kind: str | None) -> None:
    found = codes.kind_betrayed_by(text)
    assert (found[0] if found else None) == kind


def test_the_flows_form_and_the_codes_know_the_same_sources(app: Flask) -> None:
    from mediation.releases import shipped_bundle
    from workflows import forms

    form = forms.parse(shipped_bundle().files["forms/registration.form"], "registration.form")
    fields = {field.key: field for group in form.fields for field in (group, *group.fields)}
    assert {option.value for option in fields["source"].options} == set(codes.table("sources"))
