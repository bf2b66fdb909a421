"""Binds the papers and scans of one case to a dossier: numbered, with bookmarks, originals attached, declared PDF/A-3b.

What was signed stays valid only in its own bytes: bound pages show what the signed file shows, and the file itself lies
inside as an attachment. Scans become pictures of their pages, so that nothing of a foreign file (scripts, links, fonts
that are not embedded) gets into the dossier; the file as it was handed in is attached, too. PDF/A-3 is ISO 19005-3; no
validator could be had, so the declaration rests on the rules that the tests check one by one.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from threading import Lock

import pikepdf
import pypdfium2
from pikepdf import Array, AttachedFileSpec, Dictionary, Name, OutlineItem, Pdf, Stream, String
from PIL import Image, ImageCms, ImageOps

from documents.outlines import BLACK, line, width_of

A4 = (595.276, 841.89)  # points
MARGIN = 42.5  # points around a scanned picture, room for the number
SCAN_DOTS = 150  # a scan is kept at this many dots an inch: handwriting stays legible, a dossier can be sent
MOST_PIXELS = 60_000_000
MOST_PAGES_OF_A_SCAN = 200
NUMBER_SIZE = 10.5
NUMBER_AT = (A4[0] - 42.0, A4[1] - 34.0)  # 卷内页号 stands at the top right of a front side
STAMPED, STAMPED_SIZE, STAMP_SIZE = "已被取代", 96.0, 11.0
STAMP_RED, STAMP_PALE = "0.72 0.11 0.11", "1 0.87 0.87"
SLANT = "0.7071 0.7071 -0.7071 0.7071"  # rising by 45 degrees
PDF, PICTURES = "application/pdf", ("image/jpeg", "image/png", "image/webp", "image/heic", "image/gif", "image/tiff")
_DRAWING = Lock()  # PDFium does not draw in two threads at once


class NotBindable(ValueError):
    """A part cannot be bound; ``part`` is its place in the list from 0, ``reason`` encrypted, broken, too-large, kind."""

    def __init__(self, part: int, reason: str) -> None:
        super().__init__(f"part {part}: {reason}")
        self.part = part
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Part:
    """One thing in the dossier. ``numbered`` is false for cover, index and back cover; ``original`` is attached, too.

    ``scan``: the content comes from outside and is bound as pictures of its pages; otherwise it is a paper of ours.
    A part without ``title`` belongs to the one before it and has no bookmark. ``name`` is the file name of the
    attachment. ``replaced`` says by what a paper that counts no longer was replaced; it is stamped on the bound pages,
    never on the file itself.
    """

    title: str
    content: bytes
    media: str = PDF
    numbered: bool = True
    scan: bool = False
    original: bool = False
    name: str = ""
    replaced: str = ""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that lies inside the dossier without pages of its own: the journal's extract, a recording, a scan's original.

    ``relation`` to the pages is Source (they show it) or Supplement.
    """

    name: str
    content: bytes
    media: str
    description: str
    relation: str = "Supplement"


@dataclass(frozen=True, slots=True)
class Bound:
    """The dossier: ``pages`` in all, and for each part its first number (None: not numbered) and how many pages it has."""

    pdf: bytes
    pages: int
    places: tuple[tuple[int | None, int], ...]


def count_pages(part: Part) -> int:
    """How many pages the part takes in a dossier. Raises NotBindable with part 0."""
    with _pages_of(0, part) as found:
        return len(found.pages)


def drawn(part: Part) -> Part:
    """The part with its pages drawn already, to be counted and then bound without drawing them twice. Raises NotBindable.

    What was handed in is no longer attached by itself: give the original as an enclosure.
    """
    held = io.BytesIO()
    with _pages_of(0, part) as found:
        found.save(held)
    return Part(part.title, held.getvalue(), numbered=part.numbered)


def bind(parts: Sequence[Part], enclosures: Iterable[Enclosure], *, title: str, at: datetime) -> Bound:
    """Bind the parts in their order; numbers begin with the first numbered part. The same input gives the same bytes.

    ``title`` is what readers show for the file, ``at`` (with zone) the moment that its metadata tells. Raises NotBindable.
    """
    bound, places, number = Pdf.new(), [], 0
    with bound.open_outline() as outline:
        for index, part in enumerate(parts):
            first = len(bound.pages)
            with _pages_of(index, part) as found:
                bound.pages.extend(found.pages)
            count = len(bound.pages) - first
            if part.title:
                outline.root.append(OutlineItem(part.title, first))
            places.append((number + 1 if part.numbered else None, count))
            if part.numbered:
                _number(bound, range(first, first + count), number + 1)
                number += count
            if part.replaced:
                _stamp(bound, range(first, first + count), part.replaced)
            if part.original:
                _attach(bound, Enclosure(part.name, part.content, part.media, part.title, "Source"), at)
    for enclosure in enclosures:
        _attach(bound, enclosure, at)
    _label(bound, places)
    _declare(bound, title, at)
    pages = len(bound.pages)
    return Bound(_saved(bound), pages, tuple(places))


def _saved(bound: Pdf) -> bytes:
    bound.remove_unreferenced_resources()
    held = io.BytesIO()
    bound.save(
        held,
        min_version="1.7",
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        compress_streams=True,
    )
    return held.getvalue()


# --- the pages of a part ----------------------------------------------------------------------------------------------


def _pages_of(index: int, part: Part) -> Pdf:
    try:
        if part.media in PICTURES:
            return _from_pictures([_picture(part.content)])
        if part.media != PDF:
            raise NotBindable(index, "kind")
        return _from_pictures(_drawn(index, part.content)) if part.scan else _own(part.content)
    except pikepdf.PasswordError as error:
        raise NotBindable(index, "encrypted") from error
    except (pikepdf.PdfError, pypdfium2.PdfiumError, OSError, ValueError, Image.DecompressionBombError) as error:
        if isinstance(error, NotBindable):
            raise
        raise NotBindable(index, "broken") from error


def _own(content: bytes) -> Pdf:
    """A paper of ours: its signatures become plain pictures on the page, since a bound page cannot stay signed."""
    found = Pdf.open(io.BytesIO(content))
    if "/AcroForm" in found.Root:
        found.flatten_annotations("print")  # which takes the form away, too, when nothing of it is left
        if "/AcroForm" in found.Root:
            del found.Root.AcroForm
    for page in found.pages:
        for key in ("/Annots", "/AA"):
            if key in page:
                del page[key]
    return found


def _drawn(index: int, content: bytes) -> list[Image.Image]:
    with _DRAWING:
        document = pypdfium2.PdfDocument(content)
        try:
            if len(document) > MOST_PAGES_OF_A_SCAN:
                raise NotBindable(index, "too-large")
            return [_page_drawn(document[number]) for number in range(len(document))]
        finally:
            document.close()


def _page_drawn(page: pypdfium2.PdfPage) -> Image.Image:
    width, height = page.get_size()
    scale = min(SCAN_DOTS / 72, 4000 / max(width, height, 1))
    return page.render(scale=scale).to_pil().convert("RGB")


def _picture(content: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            opened = Image.open(io.BytesIO(content))
        except Image.DecompressionBombWarning as error:
            raise ValueError("too many pixels") from error
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        upright = ImageOps.exif_transpose(opened)
        if upright.mode in ("RGBA", "LA", "P"):
            upright = upright.convert("RGBA")
            white = Image.new("RGBA", upright.size, "white")
            upright = Image.alpha_composite(white, upright)
        return upright.convert("RGB")


def _from_pictures(pictures: Iterable[Image.Image]) -> Pdf:
    """One A4 page a picture; a wide one is turned on its side, as it would be filed."""
    made = Pdf.new()
    for picture in pictures:
        if picture.width > picture.height * 1.1:
            picture = picture.transpose(Image.Transpose.ROTATE_90)
        room = (A4[0] - 2 * MARGIN, A4[1] - 2 * MARGIN)
        picture.thumbnail((int(room[0] / 72 * SCAN_DOTS), int(room[1] / 72 * SCAN_DOTS)))
        scale = min(room[0] / picture.width, room[1] / picture.height)
        width, height = picture.width * scale, picture.height * scale
        left, bottom = (A4[0] - width) / 2, (A4[1] - height) / 2
        drawing = f"q {width:.3f} 0 0 {height:.3f} {left:.3f} {bottom:.3f} cm /Scan Do Q".encode()
        made.pages.append(
            pikepdf.Page(
                made.make_indirect(
                    Dictionary(
                        Type=Name.Page,
                        MediaBox=[0, 0, *A4],
                        Resources=Dictionary(XObject=Dictionary(Scan=_image(made, picture))),
                        Contents=made.make_stream(drawing),
                    )
                )
            )
        )
    return made


def _image(pdf: Pdf, picture: Image.Image) -> Stream:
    held = io.BytesIO()
    picture.save(held, "jpeg", quality=80)
    return Stream(
        pdf,
        held.getvalue(),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=picture.width,
        Height=picture.height,
        ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )


# --- numbers ----------------------------------------------------------------------------------------------------------


def _number(bound: Pdf, pages: range, first: int) -> None:
    """Draw the numbers at the top right of these pages, ending at the same place."""
    for offset, index in enumerate(pages):
        text = str(first + offset)
        x = NUMBER_AT[0] - width_of(text, NUMBER_SIZE)
        page = bound.pages[index]
        # What a page left of its graphics state must not move the number.
        page.contents_add(b"q", prepend=True)
        page.contents_add(("Q 0 g " + line(text, NUMBER_SIZE, x, NUMBER_AT[1])).encode())


def _stamp(bound: Pdf, pages: range, says: str) -> None:
    """Say on each of these bound pages that the paper counts no longer: at the top, and large and pale below its text."""
    x = (A4[0] - width_of(says, STAMP_SIZE, BLACK)) / 2
    top = f"q {STAMP_RED} rg {line(says, STAMP_SIZE, x, NUMBER_AT[1], BLACK)} Q"
    half = width_of(STAMPED, STAMPED_SIZE, BLACK) / 2
    across = line(STAMPED, STAMPED_SIZE, -half, -STAMPED_SIZE / 3, BLACK)
    below = f"q {STAMP_PALE} rg {SLANT} {A4[0] / 2:g} {A4[1] / 2:g} cm {across} Q"
    for index in pages:
        bound.pages[index].contents_add(below.encode(), prepend=True)
        bound.pages[index].contents_add(top.encode())


def _label(bound: Pdf, places: Sequence[tuple[int | None, int]]) -> None:
    """Readers show the numbers that stand on the pages: i, ii for covers, 1, 2 for the rest (ISO 32000-1, 12.4.2)."""
    labels, page, roman = Array(), 0, 1
    for number, count in places:
        style = Dictionary(S=Name.D, St=number) if number is not None else Dictionary(S=Name.r, St=roman)
        if count:
            labels.append(page)
            labels.append(style)
        roman += count if number is None else 0
        page += count
    bound.Root.PageLabels = Dictionary(Nums=labels)


# --- attachments and declaration ----------------------------------------------------------------------------------------


def _attach(bound: Pdf, enclosure: Enclosure, at: datetime) -> None:
    """Attach a file with its relation to the dossier, as PDF/A-3 wants it (ISO 19005-3, 6.8)."""
    spec = AttachedFileSpec(
        bound,
        enclosure.content,
        filename=enclosure.name,
        description=enclosure.description,
        mime_type=enclosure.media,
        creation_date=_moment(at),
        mod_date=_moment(at),
    )
    spec.relationship = Name(f"/{enclosure.relation}")
    bound.attachments[enclosure.name] = spec  # which lists it under /AF, too


def _moment(at: datetime) -> str:
    offset = at.strftime("%z")
    return f"D:{at:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:5]}'"


@lru_cache(maxsize=1)
def _srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _declare(bound: Pdf, title: str, at: datetime) -> None:
    """Title, language, colours and the conformance that the file claims (ISO 19005-3, 6.2.3, 6.6)."""
    profile = Stream(bound, _srgb(), N=3)
    intent = Dictionary(
        Type=Name.OutputIntent, S=Name.GTS_PDFA1, OutputConditionIdentifier=String("sRGB"), Info=String("sRGB")
    )
    intent.DestOutputProfile = bound.make_indirect(profile)
    bound.Root.OutputIntents = Array([bound.make_indirect(intent)])
    bound.Root.Lang = String("zh-CN")
    bound.Root.MarkInfo = Dictionary(Marked=False)
    bound.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    bound.Root.PageMode = Name.UseOutlines
    with bound.open_metadata(set_pikepdf_as_editor=False, update_docinfo=True) as told:
        told["dc:title"] = title
        told["dc:language"] = {"zh-CN"}
        told["xmp:CreateDate"] = told["xmp:ModifyDate"] = at.isoformat(timespec="seconds")
        told["pdfaid:part"], told["pdfaid:conformance"] = "3", "B"
