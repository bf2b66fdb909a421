"""Labels of a drawing get room for English names: no word is broken, and few of them cover anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree

from mediation.cases.english_labels import DC, DI, LETTER, give_room

FLOWS = Path(__file__).parents[3] / "bpmn"
NAMES = json.loads((FLOWS / "i18n" / "en.json").read_text("utf-8"))["processes"]
DRAWING = f"""<plane xmlns:d="{DI[1:-1]}" xmlns:c="{DC[1:-1]}" xmlns:w="http://www.omg.org/spec/DD/20100524/DI">
<d:BPMNShape bpmnElement="asked"><c:Bounds x="0" y="0" width="50" height="50"/></d:BPMNShape>
{{more}}
<d:BPMNEdge bpmnElement="yes"><w:waypoint x="50" y="25"/><w:waypoint x="200" y="25"/>
<d:BPMNLabel><c:Bounds x="58" y="8" width="12" height="14"/></d:BPMNLabel></d:BPMNEdge></plane>"""


def label(root: etree._Element) -> dict[str, float]:
    return {key: float(value) for key, value in root.find(f".//{DI}BPMNLabel/{DC}Bounds").attrib.items()}


def grown(name: str, more: str = "") -> dict[str, float]:
    root = etree.fromstring(DRAWING.format(more=more))
    give_room(root, {"yes": name})
    return label(root)


def test_a_label_grows_along_its_line_away_from_where_it_begins() -> None:
    box = grown("Performed")
    assert (box["x"], box["y"], box["width"] > 9 * LETTER) == (58, 8, True)


def test_a_label_of_several_lines_stays_above_its_line() -> None:
    box = grown("Recognition or review")
    assert (box["y"] + box["height"], box["height"] > 14) == (22, True)


def test_a_label_changes_to_the_other_side_where_something_stands() -> None:
    stands = '<d:BPMNShape bpmnElement="step"><c:Bounds x="80" y="-60" width="100" height="80"/></d:BPMNShape>'
    assert grown("Performed", stands)["y"] == 28


def test_what_has_no_english_name_is_left_alone() -> None:
    assert grown("")["width"] == 12


@pytest.mark.parametrize("key", sorted(NAMES))
def test_no_word_is_broken_on_a_shipped_drawing(key: str) -> None:
    root = etree.parse(FLOWS / f"{key}.bpmn").getroot()
    names = {one: said["name"] for one, said in NAMES[key].get("elements", {}).items() if said.get("name")}
    give_room(root, names)
    for one in root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge"):
        if (box := one.find(f"{DI}BPMNLabel/{DC}Bounds")) is not None and (name := names.get(one.get("bpmnElement"))):
            assert float(box.get("width")) >= max(map(len, name.split())) * LETTER, (one.get("bpmnElement"), name)
