"""What people hand in: accepted by what it is, never by what it is called, and kept where no web server reaches it."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO
from urllib.parse import quote

import filetype
import pillow_heif
from flask import Response
from flask_babel import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy.dialects import postgresql, sqlite

from mediation import clock
from mediation.extensions import db
from mediation.models import StoredFile

pillow_heif.register_heif_opener()

HEAD = 4096
MAX_PIXELS = 80_000_000
PREVIEW_SIDE = 1600
# The names under which the same type goes, and the ending it is saved with.
ENDINGS = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "image/heic": ("heic", "heif"),
    "video/mp4": ("mp4", "m4v"),
    "video/quicktime": ("mov",),
    "audio/mpeg": ("mp3",),
    "audio/mp4": ("m4a",),
    "audio/x-wav": ("wav",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "text/plain": ("txt",),
}
# No other decoder is let near what strangers hand in.
PICTURES = ("JPEG", "PNG", "WEBP", "HEIF")
IMAGES = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic"})
OFFICE = {"word/": "wordprocessingml.document", "xl/": "spreadsheetml.sheet"}
# What a browser would run if it were ever talked into it: refused in whatever file it stands at the beginning or end.
MARKUP = re.compile(rb"<(?:!doctype\s+html|html|script|svg|iframe|body)\b|<\?php", re.IGNORECASE)
# Nothing that this sends is ever run or framed, whatever the browser thinks of it.
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class FileRefused(Exception):
    """A file that is not taken, with a stable code and a sentence for the person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Kept:
    """What came of an upload: its cleaned name, the original as it was, and a picture to look at where there is one."""

    name: str
    original: StoredFile
    preview: StoredFile | None


def store(source: bytes | IO[bytes], name: str, *, limit: int) -> Kept:
    """Keep an upload of at most `limit` bytes; raises FileRefused for what it does not take."""
    content = source if isinstance(source, bytes) else source.read(limit + 1)
    if not content:
        raise FileRefused("empty", _("The file is empty."))
    if len(content) > limit:
        raise FileRefused("too-large", _("The file is larger than %(size)s MB.", size=limit // (1024 * 1024)))
    media_type = recognise(content)
    preview = _preview(content) if media_type in IMAGES else None
    return Kept(
        clean_name(name, media_type),
        keep(content, media_type),
        keep(preview, "image/jpeg") if preview is not None else None,
    )


def keep(content: bytes, media_type: str) -> StoredFile:
    """The row that holds these bytes; the same bytes are kept once, whoever brings them and how often."""
    digest = hashlib.sha256(content).hexdigest()
    insert = (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert
    values = {
        "sha256": digest, "content": content, "size": len(content), "media_type": media_type, "stored_at": clock.now(),
    }  # fmt: skip
    db.session.execute(insert(StoredFile).values(values).on_conflict_do_nothing())
    return db.session.get_one(StoredFile, digest)


def recognise(content: bytes) -> str:
    """The media type by content alone; FileRefused for everything that is not on the list."""
    guessed = filetype.guess_mime(content)
    media_type = _ALIASES.get(guessed, guessed) if guessed else _text_type(content)
    if media_type == "application/zip" or (media_type or "").startswith("application/vnd.openxmlformats"):
        media_type = _office_type(content)
    if media_type not in ENDINGS:
        raise FileRefused(
            "type",
            _("Files of this type are not taken. Please bring a PDF, a photograph, a recording, Word, Excel or text."),
        )
    _refuse_disguise(content, media_type)
    return media_type


_ALIASES = {
    "image/heif": "image/heic",
    "image/heic-sequence": "image/heic",
    "audio/wav": "audio/x-wav",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "video/x-m4v": "video/mp4",
}


def _text_type(content: bytes) -> str | None:
    """Plain text in UTF-8 or GB 18030; anything that begins like markup or a program's script is not plain."""
    begins = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:2]
    if b"\0" in content or begins[:1] == b"<" or begins == b"#!":
        return None
    for encoding in ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "text/plain" if all(char.isprintable() or char in "\r\n\t\f\u3000\ufeff" for char in text) else None
    return None


def _office_type(content: bytes) -> str | None:
    """Word or Excel without macros, from the archive's own listing; nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        raise FileRefused("broken", _("The file is damaged.")) from None
    if any("vbaproject" in name.lower() for name in names):
        raise FileRefused("macros", _("Documents with macros are not taken; please save it without them."))
    if "[Content_Types].xml" not in names:
        return None
    kinds = [kind for folder, kind in OFFICE.items() if any(name.startswith(folder) for name in names)]
    return f"application/vnd.openxmlformats-officedocument.{kinds[0]}" if len(kinds) == 1 else None


def _refuse_disguise(content: bytes, media_type: str) -> None:
    """A file that is two things at once is refused: one program would show it, another would run it."""
    is_archive = media_type.startswith("application/vnd.openxmlformats")
    if not is_archive and zipfile.is_zipfile(io.BytesIO(content)):
        raise FileRefused("disguised", _("Another file is hidden in this one."))
    if MARKUP.search(content[:HEAD]) or MARKUP.search(content[-HEAD:]):
        raise FileRefused("disguised", _("A web page or a program is hidden in this file."))
    if media_type == "application/pdf" and (not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]):
        raise FileRefused("broken", _("The PDF is damaged or not complete."))


BROKEN_PICTURE = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


def _preview(content: bytes) -> bytes:
    """The picture upright, at screen size, drawn anew: without the place, the telephone and what else came along."""
    try:
        with Image.open(io.BytesIO(content), formats=PICTURES) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise FileRefused("too-large", _("The picture has too many pixels."))
            opened.draft("RGB", (PREVIEW_SIDE, PREVIEW_SIDE))
            opened.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))  # made small before anything copies it
            flat = _on_white(ImageOps.exif_transpose(opened))
    except BROKEN_PICTURE:
        raise FileRefused("broken", _("The picture is damaged.")) from None
    buffer = io.BytesIO()
    flat.save(buffer, "JPEG", quality=82, optimize=True)
    return buffer.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    """JPEG knows no transparency; a new image also leaves every note of the old one behind."""
    layer = image.convert("RGBA")
    flat = Image.new("RGB", layer.size, "white")
    flat.paste(layer, mask=layer.getchannel("A"))
    return flat


def clean_name(name: str, media_type: str) -> str:
    """The name as a person reads it: no folders, no control or direction characters, the ending of what it is."""
    last = PurePath(name.replace("\\", "/")).name
    shown = "".join(char for char in last if char.isprintable() and char not in '<>:"|?*;').strip(" .")
    stem, dot, ending = shown.rpartition(".")
    endings = ENDINGS.get(media_type, ("bin",))
    if dot and ending.lower() in endings:
        return f"{stem[:120] or 'file'}.{ending.lower()}"
    return f"{shown[:120] or 'file'}.{endings[0]}"


def send(file: StoredFile, name: str, *, inline: bool = False) -> Response:
    """The bytes as a download; inline only for previews that were drawn here."""
    response = Response(file.content, mimetype=file.media_type, headers=SAFE_HEADERS)
    manner = "inline" if inline and file.media_type == "image/jpeg" else "attachment"
    response.headers["Content-Disposition"] = disposition(manner, name)
    response.content_length = file.size
    return response


def disposition(manner: str, name: str) -> str:
    """The header under which a browser keeps a file; headers are Latin, so a Chinese name goes encoded beside a plain one."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", name) or "file"
    return f"{manner}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
