"""Facts in, PDF bytes out: the same facts, layout and check address give the same bytes, on every machine alike.

A layout is Jinja in a sandbox that sees plain facts and nothing else, every value escaped; what it asks to fetch is
refused, except the QR code that the renderer made itself. WeasyPrint is imported late: its fontconfig file is read
once, at import, and processes that only queue papers need not load it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range

from documents.annex import entries
from documents.bundle import ANNEX, Kind, Layouts
from documents.fonts import Fonts
from documents.phrases import FILTERS
from documents.refusals import PaperRefused, RendererUnavailable

LANGUAGES = ("zh",)
MOST_PAGES = 120
LONGEST_ADDRESS = 300
MOST_BUNDLES = 8
SLOW = "papers would take up to fifty times as long"
QR = "paper:qr"  # what a layout asks for: see documents.typesetting
POINT = 0.75  # of a CSS pixel
LINE = 0.6  # points that the line for ink is thick
PEN = 104  # points of a line that are kept free for ink; the day is written behind
PLAIN = Path(__file__).with_name("plain.css")
_BASE_FONT = re.compile(rb"/BaseFont /(?:[A-Z]{6}\+)?([\w-]+)")
_CODE = re.compile(r"https?://([^?#]*/verify)/([A-Za-z0-9-]{6,30})(?:\?|$)")
SUBSETTER = "MEDIATION_PDF_SUBSETTER"  # "fonttools": act as if HarfBuzz's subset library were missing


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a paper: ``page`` counts from 1, the corners are PDF points from the page's bottom left."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Paper:
    """A printed paper: ``sha256`` is the hex digest of ``pdf``, ``layout_version`` that of what gave it its look.

    ``boxes`` says where ink and seal go: ``hand-1`` … in the order in which hands stand on the paper, and ``seal``;
    ``hands`` is what is printed over each line (甲方 李昇玥).
    """

    kind: str
    pdf: bytes
    sha256: str
    layout_version: str
    pages: int
    boxes: Mapping[str, Box]
    hands: tuple[str, ...]


def render(
    kind: str,
    facts: Mapping[str, Any],
    *,
    check_url: str | None = None,
    language: str = "zh",
    annex: bool = False,
    layouts: Layouts | None = None,
) -> Paper:
    """Print one paper here and now, in this process (servers use :class:`documents.workers.Renderer`).

    ``facts`` as the kind lists them, ``check_url`` the address behind the QR code (none: no code), ``annex`` whether
    an English translation follows the paper. Raises PaperRefused when the facts do not make the paper,
    RendererUnavailable when the machine cannot print rightly.
    """
    return Press.shared().print(kind, facts, check_url=check_url, language=language, annex=annex, layouts=layouts)


class Press:
    """One font configuration and its lock: threads that share one without a lock crash the process."""

    _shared: Press | None = None
    _making = threading.Lock()

    def __init__(self, fonts: Fonts | None = None) -> None:
        self.fonts = fonts or Fonts.found()
        problems = self.fonts.problems() or _load_weasyprint(self.fonts)
        if problems:
            raise RendererUnavailable(problems)
        from weasyprint.text.fonts import FontConfiguration  # after FONTCONFIG_FILE is set

        from documents.typesetting import sheet

        self._font_config = FontConfiguration()
        self._plain = sheet(PLAIN.read_text("utf-8"), self._font_config)
        self._lock = threading.Lock()
        self._css: dict[str, Any] = {}
        self._environments: dict[str, jinja2.Environment] = {}

    @classmethod
    def shared(cls) -> Press:
        """The press of this process, made at the first call."""
        with cls._making:
            if cls._shared is None:
                cls._shared = cls()
            return cls._shared

    def print(
        self,
        kind: str,
        facts: Mapping[str, Any],
        *,
        check_url: str | None = None,
        language: str = "zh",
        annex: bool = False,
        layouts: Layouts | None = None,
    ) -> Paper:
        """As :func:`render`."""
        layouts = layouts or Layouts.shipped()
        if language not in LANGUAGES:
            message_en = "papers are printed in Chinese; the English translation comes as an annex"
            raise PaperRefused("language", "文书以中文印制，英文译文作为附件", "language", message_en)
        if annex and ANNEX not in layouts.files:
            message_en = "the layouts of this release know no translation"
            raise PaperRefused("annex", "该版本的版式没有译文附件", "annex", message_en)
        clean = layouts.read(kind, facts, self.fonts.printable)
        address = _checked_address(check_url)
        version = layouts.version(kind)
        identity = _identity(kind, clean, address, version, annex)
        with self._lock:
            html = self.markup(layouts, kind, clean, address, annex)
            printed = self._pdf(html, layouts, address, identity)
        return Paper(
            kind,
            printed.pdf,
            hashlib.sha256(printed.pdf).hexdigest(),
            version,
            printed.pages,
            printed.boxes,
            printed.hands,
        )

    def problems(self) -> list[str]:
        """Print a line in a font of the machine and see which font came out: none but ours may ever be used."""
        from documents.typesetting import Leaf  # after FONTCONFIG_FILE is set

        line = '<p style="font-family: DejaVu Sans, Noto Sans SC, serif">调解 Aa 㛃</p>'
        with self._lock:
            pdf = Leaf(line, self._plain).write_pdf(font_config=self._font_config, uncompressed_pdf=True)
        strangers = sorted({name.decode() for name in _BASE_FONT.findall(pdf) if not name.startswith(b"Case")})
        if not strangers:
            return []
        return [f"Fonts of the machine would be printed ({', '.join(strangers)}): was WeasyPrint imported before?"]

    def markup(
        self, layouts: Layouts, name: str, clean: dict[str, Any], address: str | None = None, annex: bool = False
    ) -> str:
        """The paper of the kind ``name`` as HTML, before it is set: ``clean`` as :meth:`Layouts.read` returns it.

        Raises PaperRefused when the layout does not work.
        """
        kind = layouts.kind(name)
        if layouts.hash not in self._environments:
            _remember(self._environments, layouts.hash, _environment(layouts))
        try:
            template = self._environments[layouts.hash].get_template(kind.layout)
            return template.render(
                **clean,
                title=kind.name["zh"],
                options=_options(kind),
                qr=QR if address else None,
                check=spelled(address),
                annex=_annex(kind, layouts, clean) if annex else None,
            )
        except (
            Exception
        ) as error:  # layouts are data that administrators change: whatever they do, the paper is refused
            raise PaperRefused("layout", "版式有误，无法印制", "", f"the layout does not work: {error}") from error

    def _pdf(self, html: str, layouts: Layouts, address: str | None, identity: bytes) -> _Printed:
        from documents.typesetting import Leaf, complaints, compress, sheet  # after FONTCONFIG_FILE is set

        with complaints() as told:
            if layouts.hash not in self._css:
                _remember(self._css, layouts.hash, sheet(layouts.files["layouts/paper.css"], self._font_config))
            leaf = Leaf(html, self._plain, address)
            hands = leaf.number_places()
            document = leaf.render(font_config=self._font_config, stylesheets=[self._css[layouts.hash]])
            if len(document.pages) > MOST_PAGES:
                raise PaperRefused("too-long", f"超过{MOST_PAGES}页", "", f"more than {MOST_PAGES} pages")
            pdf = document.write_pdf(pdf_identifier=identity, finisher=compress)
        if told:
            raise PaperRefused("layout", "版式有误，无法印制", "", f"the layout does not print: {told[0][:200]}")
        return _Printed(pdf, len(document.pages), _boxes(document.pages), hands)


@dataclass(frozen=True, slots=True)
class _Printed:
    pdf: bytes
    pages: int
    boxes: dict[str, Box]
    hands: tuple[str, ...]


def _boxes(pages: Iterable[Any]) -> dict[str, Box]:
    """Where WeasyPrint put what has an id: its pixels from the top left become points from the bottom left."""
    return {
        name: _box(name, number, *(side * POINT for side in (x0, page.height - y1, x1, page.height - y0)))
        for number, page in enumerate(pages, start=1)
        for name, (x0, y0, x1, y1) in page.anchors.items()
    }


def _box(name: str, page: int, x0: float, y0: float, x1: float, y1: float) -> Box:
    if name.startswith("hand-"):
        x1, y0, y1 = min(x1, x0 + PEN), y0 + LINE, y1 - 2 * LINE
    return Box(page, round(x0, 2), round(y0, 2), round(x1, 2), round(y1, 2))


def _load_weasyprint(fonts: Fonts) -> list[str]:
    """Import WeasyPrint with our fonts alone; return what keeps it from printing rightly."""
    os.environ["FONTCONFIG_FILE"] = str(fonts.config)
    import warnings

    with warnings.catch_warnings():
        # WeasyPrint only warns that HarfBuzz's subset library is missing; below it is refused.
        warnings.filterwarnings("ignore", message="HarfBuzz-Subset", category=DeprecationWarning)
        try:
            from weasyprint.text import ffi
        except OSError as error:
            return [f"A library of WeasyPrint is missing ({error}): install libpango-1.0-0 and libpangoft2-1.0-0."]
    if ffi.harfbuzz_subset is None or os.environ.get(SUBSETTER) == "fonttools":
        return [f"HarfBuzz's subset library is missing, {SLOW}: install libharfbuzz-subset0."]
    if not ffi.harfbuzz.hb_version_atleast(4, 1, 0):
        return [f"HarfBuzz is older than 4.1, {SLOW}: install a newer libharfbuzz0b."]
    return []


def _environment(layouts: Layouts) -> jinja2.Environment:
    files = {path.removeprefix("layouts/"): text for path, text in layouts.files.items() if path.endswith(".html")}
    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.DictLoader(files),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(FILTERS)
    environment.globals = {"range": safe_range}
    return environment


def _remember(kept: dict[str, Any], key: str, value: Any) -> None:
    """Keep the few bundles in use: old cases print with the layouts of their own release."""
    while len(kept) >= MOST_BUNDLES:
        del kept[next(iter(kept))]
    kept[key] = value


def _options(kind: Kind) -> dict[str, dict[str, str]]:
    """How the choices of a kind read in Chinese: ``options.result.reached`` is 达成调解协议."""
    chosen = {key: field["options"] for key, field in kind.facts.items() if "options" in field}
    return {key: {option: names["zh"] for option, names in options.items()} for key, options in chosen.items()}


def _annex(kind: Kind, layouts: Layouts, clean: Mapping[str, Any]) -> dict[str, Any]:
    """What the translation is told: plain data, as every layout."""
    said = entries(kind.facts, clean, layouts.records)
    return {"title": kind.name["en"], "paragraphs": kind.annex, "entries": said}


def spelled(address: str | None) -> dict[str, str] | None:
    """The check address for people: ``site`` where a code is typed, ``code`` as they read it out: ``7K2M 9QFD 4TXA``.

    None where the address ends with no code.
    """
    found = _CODE.match(address or "")
    if found is None:
        return None
    letters = found[2].replace("-", "").upper()
    return {"site": found[1], "code": " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))}


def _checked_address(check_url: str | None) -> str | None:
    if check_url is None:
        return None
    plain = isinstance(check_url, str) and check_url.isascii() and check_url.isprintable() and " " not in check_url
    if not plain or len(check_url) > LONGEST_ADDRESS or not check_url.startswith(("https://", "http://")):
        raise PaperRefused("wrong-type", "核验网址有误", "check_url", "the check address must be a plain web address")
    return check_url


def _identity(kind: str, clean: Mapping[str, Any], address: str | None, version: str, annex: bool) -> bytes:
    """The identifier inside the PDF: what went in decides it, not the moment of printing."""
    what = json.dumps([kind, clean, address, version, annex], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(what.encode()).digest()[:16]
