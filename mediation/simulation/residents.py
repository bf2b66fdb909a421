"""The people of the simulation: disputes like those of the demonstration centre, with other names, sums and days."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random
from typing import Any

from mediation.demo.stories import STORIES, Story

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓"
    "许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊"
    "金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰玉梅红建国志华春晓晨宇欣怡子涵浩然雨婷"
# A dispute has two sides; the other stories begin on the round or at the counter.
DISPUTES = tuple(story for story in STORIES if len(story.parties) > 1)
# What the stories that end without an agreement would have been settled with.
_SETTLED = ({"kind": "pay", "by": 1, "to": 0, "purpose": "compensation", "amount": "6000"},)
_ORGANISATIONS = ("公司", "中心", "合作社", "医院", "学校", "工程队", "商店", "店", "厂", "委会", "局", "所")


def dispute(rng: Random) -> Story:
    """One dispute, modelled on a story of the demonstration centre, with people who are in no other."""
    model = rng.choice(DISPUTES)
    names = {name: _other(name, rng) for name in model.parties}
    amount = model.amount
    return replace(
        model,
        title=_renamed(model.title, names), parties=list(names.values()), summary=_renamed(model.summary, names),
        claims=_renamed(model.claims, names), terms=[_renamed_term(term, names) for term in model.terms or _SETTLED],
        amount=amount, stop=[], ways={}, end="", mediator=model.mediator,
        facts=dict(model.facts),
    )  # fmt: skip


def _renamed_term(term: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {key: _renamed(value, names) if isinstance(value, str) else value for key, value in term.items()}


def person(rng: Random) -> str:
    """A made-up name."""
    return rng.choice(_SURNAMES) + "".join(rng.choice(_GIVEN) for _ in range(rng.choice((1, 2, 2))))


def _other(name: str, rng: Random) -> str:
    return name if name.endswith(_ORGANISATIONS) else person(rng)


def _renamed(text: str, names: dict[str, str]) -> str:
    """All names at once: a new name may look like another old one."""
    return re.sub("|".join(map(re.escape, names)), lambda found: names[found.group()], text) if names else text
