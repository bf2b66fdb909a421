"""Files are judged by what they are: what is taken, what is refused, what a preview leaves behind."""

from __future__ import annotations

import io
import zipfile

import pillow_heif
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import func, select

from mediation import storage
from mediation.extensions import command, db
from mediation.models import StoredFile

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\0" * 64
MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x00" + b"\0" * 64
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\0" * 64


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **more: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "red").save(buffer, kind, **more)
    return buffer.getvalue()


def heic() -> bytes:
    buffer = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 64), "red")).save(buffer)
    return buffer.getvalue()


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return buffer.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")

TAKEN = {
    "application/pdf": PDF,
    "image/jpeg": picture(),
    "image/png": picture("PNG"),
    "image/webp": picture("WEBP"),
    "image/heic": heic(),
    "video/mp4": MP4,
    "audio/mpeg": MP3,
    "audio/x-wav": WAV,
    "text/plain": "收条：今收到八千元。".encode(),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": XLSX,
}

REFUSED = {
    "a web page": b"<!DOCTYPE html><html><script>1</script></html>",
    "a drawing that can run": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
    "a program for Windows": b"MZ" + b"\0" * 200,
    "a program for Linux": b"\x7fELF" + b"\0" * 200,
    "a script": b"#!/bin/sh\nrm -rf /\n",
    "an archive": archive("a.txt"),
    "a document with macros": archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    "a picture with an archive behind it": picture() + archive("evil.class"),
    "a PDF with a page before it": b"<html>" + PDF,
    "a PDF with a page behind it": PDF[:-1] + b"<script>1</script>%%EOF",
    "half a PDF": b"%PDF-1.7\n1 0 obj",
    "a broken picture": picture()[:60],
    "nothing": b"",
    "noise": bytes(range(256)),
}


@pytest.mark.parametrize("media_type", TAKEN)
def test_a_file_is_known_by_its_content_whatever_its_name(app: Flask, media_type: str) -> None:
    with command():
        kept = storage.store(TAKEN[media_type], "something.exe", limit=10**6)
    assert kept.original.media_type == media_type
    assert kept.name == f"something.exe.{storage.ENDINGS[media_type][0]}"
    assert kept.original.content == TAKEN[media_type]


@pytest.mark.parametrize("what", REFUSED)
def test_what_could_run_or_hides_something_is_refused(app: Flask, what: str) -> None:
    with app.test_request_context(), pytest.raises(storage.FileRefused), command():
        storage.store(REFUSED[what], "photo.jpg", limit=10**6)
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_a_file_over_the_limit_is_refused_without_reading_on(app: Flask) -> None:
    stream = io.BytesIO(b"a" * 5000)
    with app.test_request_context(), pytest.raises(storage.FileRefused) as refused:
        storage.store(stream, "long.txt", limit=100)
    assert refused.value.code == "too-large"
    assert stream.tell() == 101


def test_a_preview_is_upright_small_and_says_nothing_of_the_telephone(app: Flask) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "SecretPhone"
    original = picture(size=(3000, 2000), exif=exif)
    with command():
        kept = storage.store(original, "photo.jpg", limit=10**7)
    assert kept.preview is not None
    with Image.open(io.BytesIO(kept.preview.content)) as shown:
        assert shown.height > shown.width
        assert max(shown.size) == storage.PREVIEW_SIDE
        assert not shown.getexif()
    assert b"SecretPhone" in kept.original.content
    assert b"SecretPhone" not in kept.preview.content


def test_a_photograph_of_a_phone_is_shown_as_jpeg_and_its_original_kept(app: Flask) -> None:
    with command():
        kept = storage.store(TAKEN["image/heic"], "IMG_0001.HEIC", limit=10**6)
    assert kept.name == "IMG_0001.heic"
    assert kept.preview is not None
    assert kept.preview.media_type == "image/jpeg"


def test_the_same_bytes_are_kept_once(app: Flask) -> None:
    with command():
        first = storage.store(PDF, "a.pdf", limit=10**6)
        second = storage.store(PDF, "b.pdf", limit=10**6)
    assert first.original.sha256 == second.original.sha256
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 1


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\scans\\合同.PDF", "合同.pdf"),
        ("a\u202efdp.exe", "afdp.exe.pdf"),
        ("", "file.pdf"),
        ("x" * 300 + ".pdf", "x" * 120 + ".pdf"),
        ('a"b;c.pdf', "abc.pdf"),
    ],
)
def test_a_name_loses_folders_directions_and_false_endings(name: str, clean: str) -> None:
    assert storage.clean_name(name, "application/pdf") == clean


@given(st.text(max_size=300))
def test_no_name_leaves_its_folder_or_breaks_a_header(name: str) -> None:
    cleaned = storage.clean_name(name, "image/png")
    assert cleaned.endswith(".png")
    assert not set(cleaned) & set('/\\\r\n"')
    assert len(cleaned) <= 130
