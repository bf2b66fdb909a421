"""What stands beside the layout of a paper in its editor: the facts it may name, and its sample as pictures."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from concurrent.futures import TimeoutError as TookTooLong
from contextlib import closing
from dataclasses import dataclass
from threading import Lock
from typing import Any

import pypdfium2
from flask_babel import gettext as _

from documents import layout_check
from documents.bundle import BrokenBundle, Layouts
from documents.refusals import PaperRefused, RendererUnavailable, RenderFailed
from documents.samples import CHECK_URL, SAMPLES
from mediation.admin.editor.findings import papers_of
from mediation.papers.rendering import current_processes, renderer
from mediation.requests import language
from workflows.model import Bundle

LAYOUTS = "documents/layouts/"
MOST_PAGES = 4
SECONDS = 20.0
DOTS_PER_INCH = 96
_DRAWING = Lock()  # PDFium does not draw in two threads at once


@dataclass(frozen=True)
class Preview:
    """The first pages as PNG addresses with the number of all pages, or the sentence that says why there are none."""

    pages: tuple[str, ...] = ()
    of: int = 0
    message: str = ""


@dataclass(frozen=True)
class FactLine:
    """One fact that a layout may name: `{{ key }}`, what it is called, and whether it may be missing."""

    key: str
    name: str
    many: bool
    optional: bool


def beside_editor(bundle: Bundle, path: str) -> dict[str, Any]:
    """For the page of the editor: the kinds that the layout prints, the facts they share, and where the preview is asked."""
    kinds = _kinds_with(bundle, path)
    own = list(kinds.values())[:1] if path.endswith(".html") and len(kinds) < len(SAMPLES) else []
    return {"kinds": [(key, kind.name[language()]) for key, kind in kinds.items()], "facts": _facts(own)}


def _kinds_with(bundle: Bundle, path: str) -> Mapping[str, Any]:
    """The kinds that have a sample and are printed with this layout, itself or one that extends it; a shared part is in
    all of them."""
    files = papers_of(bundle)
    try:
        known = Layouts.of(files).kinds
    except BrokenBundle:
        known = Layouts.shipped().kinds  # a layout that does not read is still put right beside the facts it may name
    printed = {key: kind for key, kind in known.items() if key in SAMPLES}
    name = path.removeprefix(LAYOUTS)
    own = {key: kind for key, kind in printed.items() if name in layout_check.reached(files, kind.layout)}
    return own or printed


def _facts(kinds: list[Any]) -> list[FactLine]:
    return [
        FactLine(key, field[language()], "list" in field, bool(field.get("optional")))
        for kind in kinds
        for key, field in kind.facts.items()
    ]


def sample_as_pictures(bundle: Bundle, kind: str) -> Preview:
    """Print the sample of a kind with the layouts of the bundle in a render worker, and draw its first pages."""
    if kind not in SAMPLES:
        return Preview(message=_("There is no sample of this paper."))
    try:
        layouts = Layouts.of(papers_of(bundle))
        printed = renderer(current_processes()).render(kind, SAMPLES[kind], check_url=CHECK_URL, layouts=layouts)
        return _drawn(printed.result(timeout=SECONDS).pdf)
    except BrokenBundle as broken:
        found = layout_check.problems(papers_of(bundle))
        return Preview(message=_in_line(found[0]) if found else str(broken))
    except PaperRefused as refused:
        return Preview(message=refused.message if language() == "zh" else refused.message_en)
    except (RenderFailed, TookTooLong):
        return Preview(message=_("The sample could not be printed: the layout takes too long or too much."))
    except RendererUnavailable:
        return Preview(message=_("This machine cannot print papers at present; mediation doctor says why."))


def unprintable(bundle: Bundle, base: Bundle) -> list[str]:
    """The names of the papers that the bundle changes against `base` and whose samples no longer print."""
    try:
        layouts, before = Layouts.of(papers_of(bundle)), Layouts.of(papers_of(base))
    except BrokenBundle:
        return []  # the check of the draft says where
    changed = [key for key in layouts.kinds if key in SAMPLES and _differs(key, layouts, before)]
    press = renderer(current_processes()) if changed else None
    waiting = [(key, press.render(key, SAMPLES[key], check_url=CHECK_URL, layouts=layouts)) for key in changed if press]
    return [layouts.kind(key).name[language()] for key, printed in waiting if printed.exception(SECONDS) is not None]


def _differs(key: str, layouts: Layouts, before: Layouts) -> bool:
    return key not in before.kinds or layouts.version(key) != before.version(key)


def _in_line(one: layout_check.LayoutProblem) -> str:
    return _("Line %(line)s: %(text)s", line=one.line, text=one.text(language()))


def _drawn(pdf: bytes) -> Preview:
    with _DRAWING, closing(pypdfium2.PdfDocument(pdf)) as document:
        shown = range(min(len(document), MOST_PAGES))
        return Preview(tuple(_png(document[number]) for number in shown), len(document))


def _png(page: pypdfium2.PdfPage) -> str:
    held = io.BytesIO()
    page.render(scale=DOTS_PER_INCH / 72, grayscale=False).to_pil().quantize(64).save(held, "png", optimize=False)
    return "data:image/png;base64," + base64.b64encode(held.getvalue()).decode()
