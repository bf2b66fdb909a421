"""Where ink and seal go: the boxes that a paper tells are empty, above their lines, and in the order of the hands."""

from __future__ import annotations

from collections.abc import Mapping

from PIL import Image, ImageStat

from documents.render import Box, Paper
from tests.documents.conftest import pictures_of, plain, text_in

SCALE = 2  # pixels a point
HANDS = ("甲方 李昇玥", "乙方 王䶮", "委托代理人 王㛃", "人民调解员 周敏", "记录人 陈一鸣")


def test_each_hand_has_a_place_in_the_order_of_the_paper(sample_papers: Mapping[str, Paper]) -> None:
    paper = sample_papers["agreement"]
    assert paper.hands == HANDS
    assert sorted(paper.boxes) == ["hand-1", "hand-2", "hand-3", "hand-4", "hand-5", "seal"]
    for number, hand in enumerate(HANDS, start=1):
        box = paper.boxes[f"hand-{number}"]
        above = Box(box.page, box.x0 - 3, box.y1, box.x1 + 90, box.y1 + 18)
        assert plain(text_in(paper.pdf, above)).startswith(plain(hand)[:6])


def test_a_place_for_ink_is_blank_and_stands_on_its_line(sample_papers: Mapping[str, Paper]) -> None:
    for paper in sample_papers.values():
        pages = pictures_of(paper.pdf, 72 * SCALE)
        for name in (name for name in paper.boxes if name.startswith("hand-")):
            box = paper.boxes[name]
            assert box.x1 - box.x0 > 103
            assert box.y1 - box.y0 > 27.9
            assert brightness(pages, Box(box.page, box.x0, box.y0 + 1, box.x1, box.y1)) == 255
            assert brightness(pages, Box(box.page, box.x0, box.y0 - 1.2, box.x1, box.y0)) < 230


def test_beside_the_ink_there_is_room_to_write_the_day(sample_papers: Mapping[str, Paper]) -> None:
    for paper in sample_papers.values():
        pages = pictures_of(paper.pdf, 72 * SCALE)
        for box in (box for name, box in paper.boxes.items() if name.startswith("hand-")):
            year = Box(box.page, box.x1 + 1, box.y0 + 1, box.x1 + 30, box.y1)
            assert brightness(pages, year) == 255, paper.kind
            assert "年" in text_in(paper.pdf, Box(box.page, box.x1, box.y0 - 4, box.x1 + 110, box.y1)), paper.kind


def test_the_seal_has_a_round_place_on_the_paper(sample_papers: Mapping[str, Paper]) -> None:
    for kind, paper in sample_papers.items():
        seal = paper.boxes.get("seal")
        if seal is None:
            continue
        width, height = seal.x1 - seal.x0, seal.y1 - seal.y0
        assert (round(width), round(height)) == (113, 113), kind  # forty millimetres
        assert 40 < seal.x0 < seal.x1 < 555
        assert 40 < seal.y0 < seal.y1 < 802


def brightness(pages: list[Image.Image], box: Box) -> float:
    page = pages[box.page - 1]
    corners = (box.x0 * SCALE, page.height - box.y1 * SCALE, box.x1 * SCALE, page.height - box.y0 * SCALE)
    return float(ImageStat.Stat(page.crop(tuple(round(corner) for corner in corners))).mean[0])
