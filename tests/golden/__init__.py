"""What people looked at and found right: every kind of paper as text and as picture, and the hard names among them.

``python -m tests.golden [NAME …]`` writes anew what has changed, and all kinds that are new; look at each picture before
committing it.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageChops

from documents.samples import SAMPLES

FOLDER = Path(__file__).parent / "papers"
DPI = 36  # coarse: another version of FreeType may draw a stroke elsewhere, never a line or a table
BLOCK = 12  # pixels, a third of an inch
WORST = 24  # of 255: how far a block may differ from what was found right
RARE = "李昇玥㛃王䶮刘玉㻬马骉吴曌赵堃𬭎𫖯㙦㸆翯龘"


def cases() -> dict[str, tuple[str, dict[str, Any]]]:
    """Name -> kind and facts of everything that is compared: each sample, and an agreement full of rare names."""
    rare = copy.deepcopy(SAMPLES["agreement"])
    for party, name in zip(rare["parties"], ("马骉曌", "赵堃𬭎"), strict=True):
        for row in rare["instalments"]:
            row |= {side: name for side in ("payer", "payee") if row[side] == party["name"]}
        party["name"] = name
    rare |= {"matter": RARE, "facts": RARE, "mediators": [{"name": "翯龘㙦"}], "recorder": "㸆𫖯"}
    return {**{kind: (kind, facts) for kind, facts in SAMPLES.items()}, "agreement-rare-names": ("agreement", rare)}


def text_of(pdf: bytes) -> str:
    """The text of all pages, a form feed between them."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    return "\f".join(page.replace("\r\n", "\n").rstrip() for page in pages)


def pictures_of(pdf: bytes, dpi: int) -> list[Image.Image]:
    """Every page in grey."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L") for page in document]
    finally:
        document.close()


def picture_of(pdf: bytes) -> Image.Image:
    """All pages in one picture, one below the other."""
    pages = pictures_of(pdf, DPI)
    whole = Image.new("L", (pages[0].width, sum(page.height for page in pages)), 255)
    top = 0
    for page in pages:
        whole.paste(page, (0, top))
        top += page.height
    return whole


def worst_block(one: Image.Image, other: Image.Image) -> float:
    """The largest mean difference of any block, 0 to 255; pictures of different size differ wholly."""
    if one.size != other.size:
        return 255.0
    difference = ImageChops.difference(one, other)
    small = difference.resize((one.width // BLOCK, one.height // BLOCK), Image.Resampling.BOX)
    return float(small.getextrema()[1])


def known_text(name: str) -> str:
    return (FOLDER / f"{name}.txt").read_text("utf-8").removesuffix("\n")


def known_picture(name: str) -> Image.Image:
    return Image.open(FOLDER / f"{name}.png").convert("L")
