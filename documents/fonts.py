"""Prepares the typefaces of the papers: ``python -m documents.fonts [SOURCE]``; quick when nothing changed.

Official papers are set in 仿宋 with titles in 小标宋 (GB/T 9704). No free 仿宋 can be had for a small download: FandolFang
comes only inside Debian's texlive-lang-chinese (49 MB for its 7), 朱雀仿宋 is in no registry, cwTeX's lacks a third of
GB 2312, 方正仿宋 is not free. The nearest free face is Noto Serif SC Light: thin strokes of little contrast, as in 仿宋,
and one hand for common and rare names. A house that owns a 仿宋 names its file in ``MEDIATION_BODY_FONT`` (TrueType or
OpenType): common characters are then taken from it, what it lacks from Noto. Titles: Noto Serif SC Bold; headings: Noto
Sans SC Medium for 黑体. ``MEDIATION_EXTRA_FONTS`` names a folder of further faces for characters that none of these has.

Each face is cut in two, which makes a paper a quarter faster: GB 2312 and punctuation, the commonest characters first
(for titles and headings these alone), and behind it the rest, for rare names. Both are renamed: two files of one family
and style make WeasyPrint print wrong characters while the text layer stays right. A private fontconfig file lists this
folder alone, so that no font of the machine is ever printed. All shipped faces are SIL Open Font License, which asks
for exactly that renaming.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules" / "@expo-google-fonts"
BUILT = ROOT / "documents" / "fonts"

FACES = {
    "CaseSerif": "noto-serif-sc/300Light/NotoSerifSC_300Light.ttf",
    "CaseTitle": "noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf",
    "CaseHei": "noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf",
}
BODY = "CaseSerif"
FULL = " Full"  # what the family of the fallback is called: "CaseSerif Full"

# Latin, Greek, Cyrillic, punctuation, arrows, enclosed and geometric signs, CJK symbols, kana, full-width forms
_BLOCKS = (
    *((0x20, 0x17F), (0x370, 0x3FF), (0x400, 0x45F), (0x2000, 0x206F), (0x2070, 0x23FF), (0x2460, 0x26FF)),
    *((0x3000, 0x312F), (0x3200, 0x33FF), (0xFE30, 0xFE4F), (0xFF00, 0xFFEF)),
)
# Of these what every paper has; Python's GB 2312 knows · and — under other numbers.
_LETTERS = ((0x20, 0xFF), (0x2010, 0x2030), (0x3000, 0x303F), (0xFF00, 0xFFEF))

_FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <reset-dirs/>
  <dir>{faces}</dir>
  <cachedir>{cache}</cachedir>
  <config><rescan><int>0</int></rescan></config>
</fontconfig>
"""


@dataclass(frozen=True)
class Fonts:
    """A folder of prepared faces: ``config`` is the private fontconfig file, ``printable`` what they can print."""

    folder: Path

    @classmethod
    def found(cls) -> Fonts:
        """The folder that ``MEDIATION_FONTS`` names, else the one beside this module."""
        return cls(Path(os.environ.get("MEDIATION_FONTS") or BUILT))

    @property
    def config(self) -> Path:
        return self.folder.resolve() / "fonts.conf"  # a relative path makes fontconfig fall back to the machine's fonts

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What the folder was made of; empty when it was never finished."""
        try:
            return json.loads((self.folder / "manifest.json").read_text("utf-8"))
        except (OSError, ValueError):
            return {}

    @cached_property
    def printable(self) -> frozenset[int]:
        """Every code point that some face can print."""
        return _points(self.manifest.get("printable", []))

    @cached_property
    def _common(self) -> dict[str, frozenset[int]]:
        """Family -> the code points that its first file prints; the rest stands in the file behind it."""
        return {family: _points(ranges) for family, ranges in self.manifest.get("common", {}).items()}

    def file(self, family: str, character: str) -> Path:
        """The file of a family that prints this character, if any does."""
        return self.folder / "faces" / _file(family if ord(character) in self._common[family] else family + FULL)

    def problems(self) -> list[str]:
        """What is wrong with the folder, and what to do about it; empty when papers can be printed with it."""
        names = [file for family in FACES for file in (_file(family), _file(family + FULL))]
        absent = [name for name in names if not (self.folder / "faces" / name).is_file()]
        if absent or not self.config.is_file() or not self.printable or not self._common:  # an older one, too
            return [f"The fonts of the papers are not prepared in {self.folder}: run “python -m documents.fonts”."]
        return [f"Two font files are called “{name}”: wrong characters would be printed." for name in self._doubles()]

    def _doubles(self) -> list[str]:
        from fontTools.ttLib import TTFont  # a quarter of a second, needed by this check alone

        seen: dict[str, int] = {}
        for path in sorted((self.folder / "faces").iterdir()):
            with TTFont(path, lazy=True) as font:
                names = font["name"]
                key = f"{names.getBestFamilyName()} {names.getBestSubFamilyName()}"
            seen[key] = seen.get(key, 0) + 1
        return [key for key, count in seen.items() if count > 1]


def prepare(source: Path = SOURCE, target: Path = BUILT) -> bool:
    """Make the folder unless it is up to date; return whether anything was done. Raises FileNotFoundError."""
    sources = _sources(source)
    recipe = _recipe(sources.values(), _small(sources).values())
    fonts = Fonts(target)
    if fonts.manifest.get("recipe") == recipe and not fonts.problems():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fonts-") as scratch:
        made = Path(scratch) / "made"
        made.mkdir()
        _build(sources, made, target.resolve(), recipe)
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)
    return True


def _sources(source: Path) -> dict[str, Path]:
    faces = {family: source / path for family, path in FACES.items()}
    extra = os.environ.get("MEDIATION_EXTRA_FONTS")
    for number, path in enumerate(sorted(Path(extra).glob("*.ttf")) if extra else (), start=1):
        faces[f"CaseExtra{number}"] = path
    absent = [str(path) for path in faces.values() if not path.is_file()]
    if absent:
        raise FileNotFoundError(f"these fonts are missing (npm ci installs them): {', '.join(absent)}")
    return faces


def _small(sources: dict[str, Path]) -> dict[str, Path]:
    """Family -> the file that its common characters are cut from: the house's own 仿宋, where there is one."""
    own = os.environ.get("MEDIATION_BODY_FONT")
    if own and not Path(own).is_file():
        raise FileNotFoundError(f"MEDIATION_BODY_FONT names no file: {own}")
    return {family: Path(own) if own and family == BODY else sources[family] for family in FACES}


def _recipe(*paths: Iterable[Path]) -> str:
    """What the folder depends on: the font files, and every line of this module."""
    files = (f"{path.name}:{path.stat().st_size}" for path in chain(*paths))
    parts = [Path(__file__).read_text("utf-8"), *files]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _build(sources: dict[str, Path], scratch: Path, target: Path, recipe: str) -> None:
    faces = scratch / "faces"
    faces.mkdir()
    common = {family: _characters(path) & first_of(family) for family, path in _small(sources).items()}
    rest = {family: _characters(path) - common.get(family, set()) for family, path in sources.items()}
    for family, path in _small(sources).items():
        _cut(path, common[family], family, faces / _file(family))
    for family, path in sources.items():
        _cut(path, rest[family], family + FULL, faces / _file(family + FULL))
    covered = set().union(*common.values(), *rest.values())
    config = _FONTCONFIG.format(faces=target / "faces", cache=target / "cache")
    (scratch / "fonts.conf").write_text(config, "utf-8")
    firsts = {family: _ranges(points) for family, points in common.items()}
    manifest = {"recipe": recipe, "families": list(sources), "printable": _ranges(covered), "common": firsts}
    (scratch / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def _characters(path: Path) -> set[int]:
    """Every code point that a face can print."""
    from fontTools.ttLib import TTFont  # heavy, and only this step needs it

    with TTFont(path, lazy=True) as font:
        return set(font.getBestCmap())


def _cut(path: Path, points: set[int], family: str, target: Path) -> None:
    """Write what the face has for these code points as a face of its own, under the name of the family."""
    from fontTools import subset  # as above
    from fontTools.ttLib.reorderGlyphs import reorderGlyphs

    options = subset.Options(
        layout_features=[], name_IDs=["*"], notdef_outline=True, recalc_timestamp=False, bidi_closure=False
    )
    font = subset.load_font(str(path), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=points)
    cutter.subset(font)
    _slim(font)
    reorderGlyphs(font, _commonest_first(font))
    _name(font, family)
    font.save(target)
    font.close()


def _commonest_first(font: Any) -> list[str]:
    """The names of the glyphs with the first level of GB 2312 before the rest.

    A paper carries a part of its faces up to the last glyph that it uses: the lower that stands, the shorter it takes.
    """
    cmap = font.getBestCmap()
    first = {cmap[point]: None for point in sorted(cmap) if _is_first_level(point)}
    nothing, *others = font.getGlyphOrder()  # .notdef is always glyph 0
    return [nothing, *first, *(name for name in others if name not in first)]


def first_of(family: str) -> set[int]:
    """What the first file of a family holds: titles and headings are words of the trade, names stand in the body."""
    return {point for point in common_characters() if family == BODY or _is_first_level(point)}


def _is_first_level(point: int) -> bool:
    """Whether this is a Latin letter, punctuation or one of the 3,755 commonest characters (GB 2312, rows 1 to 3, 16 to 55)."""
    code = chr(point).encode("gb2312", "ignore")
    listed = len(code) == 2 and (code[0] <= 0xA3 or 0xB0 <= code[0] <= 0xD7)
    return listed or any(first <= point <= last for first, last in _LETTERS)


def _slim(font: Any) -> None:
    """Drop what horizontal simplified Chinese never uses (ligatures, vertical setting): it costs every paper time."""
    for table in ("GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VORG"):
        if table in font:
            del font[table]


def _name(font: object, family: str) -> None:
    """Replace every name, for fontconfig matches localised family names too; the licence stays (IDs 0, 13, 14)."""
    table = font["name"]  # type: ignore[index]  # fontTools ships no types
    table.names = [record for record in table.names if record.nameID in (0, 5, 13, 14)]
    regular = f"{family} Regular"
    full = {1: family, 2: "Regular", 3: regular, 4: regular, 6: family.replace(" ", "") + "-Regular"}
    for name_id, text in full.items():
        table.setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = 400  # type: ignore[index]  # one weight a family: nothing to choose, nothing to fake
    font["OS/2"].fsSelection = font["OS/2"].fsSelection & ~0x21 | 0x40  # type: ignore[index]
    font["head"].macStyle = 0  # type: ignore[index]


def common_characters() -> set[int]:
    """GB 2312 (6,763 characters and signs) with Latin and the punctuation of official papers."""
    points = {point for first, last in _BLOCKS for point in range(first, last + 1)}
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            character = bytes((row, cell)).decode("gb2312", "ignore")
            points.update(map(ord, character))
    return points


def _file(family: str) -> str:
    return family.replace(" ", "") + ".ttf"


def _points(ranges: Iterable[Iterable[int]]) -> frozenset[int]:
    return frozenset(point for first, last in ranges for point in range(first, last + 1))


def _ranges(points: set[int]) -> list[list[int]]:
    ranges: list[list[int]] = []
    for point in sorted(points):
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return ranges


def main() -> int:
    source = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("MEDIATION_FONT_SOURCE") or SOURCE)
    try:
        done = prepare(source, Fonts.found().folder)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    print("fonts prepared" if done else "fonts up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
