"""The page that checks archives, opened from a disk by a real Chromium that may ask no network."""

from __future__ import annotations

import io
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import expect

from documents.archive import fingerprint, listed, manifest_of, pack, signature_of
from documents.certificates import new_body, new_root
from documents.sealing import KeyPair
from mediation import assets
from mediation.dossiers import proofs
from mediation.dossiers.proofs import Proof
from mediation.signing.seals import Seal
from tests.documents import test_archive

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BODY = new_body("青禾区人民调解委员会", new_root("演示根证书", AT), AT)
KEY = KeyPair(BODY.certificate, BODY.key, BODY.chain)
FILES = {
    "dossier.pdf": b"%PDF-1.7 the dossier",
    "papers/001-agreement.pdf": b"%PDF-1.7 the agreement",
    "originals/001.jpg": b"picture",
}
TITLES = {"dossier.pdf": "卷宗", "papers/001-agreement.pdf": "人民调解协议书", "originals/001.jpg": "漏水照片.jpg"}
TOLD = {
    "case": "QH-1",
    "number": "（2026）青禾人调字第1号",
    "title": "楼上漏水",
    "body": "青禾区人民调解委员会",
    "made_at": AT.isoformat(),
}


def packed(key: KeyPair = KEY) -> bytes:
    rows = [listed(path, content, "application/pdf", "paper", TITLES[path]) for path, content in FILES.items()]
    manifest = manifest_of(rows, TOLD)
    return pack(FILES, manifest, signature_of(manifest, key), b"", AT)


def on_a_curve() -> KeyPair:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return KeyPair(test_archive._certificate_for(key), pem)


def one_paper() -> bytes:
    """The packet of a single paper, as the house packs it."""
    content, told = FILES["papers/001-agreement.pdf"], b'{"hands": []}'
    rows = [
        listed("papers/001-agreement.pdf", content, "application/pdf", "paper", "人民调解协议书"),
        listed("metadata.json", told, "application/json", "metadata", "签名和版本记录"),
    ]
    inside = {"papers/001-agreement.pdf": content, "metadata.json": told}
    return proofs.packed(Proof(inside, rows, TOLD, Seal("青禾区人民调解委员会", KEY), AT))


# Signed before the browser's event loop runs: the signer wants one of its own.
PACKED, ON_A_CURVE, ONE_PAPER = packed(), packed(on_a_curve()), one_paper()


def rezipped(**changes: bytes | None) -> bytes:
    return test_archive.rezipped(PACKED, **changes)


@pytest.fixture
def page(open_page, tmp_path: Path):
    """The page as somebody keeps it; whatever it asks of a network fails the test."""
    kept, asked = tmp_path / "check.html", []
    shutil.copy(assets.built("check.html"), kept)

    def come(width: int = 1280, locale: str = "zh-CN"):
        opened = open_page(kept.as_uri(), width, locale=locale, offline=True)
        opened.on("request", lambda request: asked.append(request.url))
        return opened

    yield come
    assert [url for url in asked if not url.startswith("blob:")] == []


def give(page, *files: tuple[str, bytes]) -> None:
    sent = [{"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in files]
    page.locator("#files").set_input_files(sent)


def told(page) -> list[str]:
    expect(page.locator(".verdict")).to_be_visible()
    return [row.inner_text() for row in page.locator("#answer li").all()]


def test_a_genuine_archive_is_told_file_by_file(page):
    opened = page()
    give(opened, ("case.zip", PACKED))
    assert all(line.startswith("一致") for line in told(opened))
    expect(opened.locator("#answer")).to_contain_text("3件一致，0件已改动")
    expect(opened.locator("#answer")).to_contain_text(fingerprint(BODY.certificate))
    expect(opened.locator("#answer")).to_contain_text("青禾区人民调解委员会")


def test_the_fingerprint_that_was_published_is_compared(page):
    opened = page()
    give(opened, ("case.zip", PACKED))
    opened.locator("#fingerprint").fill(fingerprint(BODY.certificate).lower())
    expect(opened.locator(".verdict.good")).to_contain_text("证书指纹一致")
    opened.locator("#fingerprint").fill("00" * 32)
    expect(opened.locator(".verdict.bad")).to_contain_text("不一致")
    assert told(opened) == []


def test_an_archive_that_was_packed_anew_is_still_genuine(page):
    opened = page()
    give(opened, ("again.zip", rezipped()))
    assert [line[:2] for line in told(opened)] == ["一致"] * 3


def test_changed_unknown_and_missing_files_are_told_apart(page):
    opened = page()
    give(
        opened,
        ("case.zip", rezipped(**{"dossier.pdf": b"%PDF-1.7 another", "originals/001.jpg": None, "extra.pdf": b"x"})),
    )
    assert {line.split()[0] for line in told(opened)} == {"一致", "已改动", "未提供", "清单中没有"}
    expect(opened.locator("#answer")).to_contain_text("1件一致，1件已改动，1件不在清单中，1件未提供")


def test_single_files_are_known_by_what_they_are_and_not_by_their_name(page):
    opened = page(locale="en")
    with zipfile.ZipFile(io.BytesIO(PACKED)) as archive:
        beside = [(name, archive.read(name)) for name in ("manifest.json", "signature.json")]
    give(opened, *beside, ("copy of it.pdf", FILES["papers/001-agreement.pdf"]), ("漏水照片.jpg", b"painted over"))
    lines = sorted(line.split("\n")[0] for line in told(opened))
    assert [line[:7] for line in lines] == ["changed", "genuine", "not giv"]


def test_a_manifest_that_was_changed_counts_for_nothing(page):
    opened = page()
    with zipfile.ZipFile(io.BytesIO(PACKED)) as archive:
        manifest = archive.read("manifest.json").replace("第1号".encode(), "第2号".encode())
    give(opened, ("case.zip", rezipped(**{"manifest.json": manifest})))
    expect(opened.locator(".verdict.bad")).to_contain_text("签名无效")
    assert told(opened) == []


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", b"PK" + bytes(30), PACKED[:300]])
def test_a_damaged_archive_is_told(page, content):
    opened = page()
    give(opened, ("case.zip", content))
    expect(opened.locator(".verdict.bad")).to_contain_text("读不出来")


def test_files_without_a_manifest_ask_for_it(page):
    opened = page()
    give(opened, ("dossier.pdf", FILES["dossier.pdf"]))
    expect(opened.locator(".verdict.odd")).to_contain_text("manifest.json")


def test_a_key_on_an_elliptic_curve_is_understood(page):
    opened = page()
    give(opened, ("case.zip", ON_A_CURVE))
    assert len(told(opened)) == 3


def test_markup_in_a_name_is_text(page):
    opened = page()
    give(opened, ("case.zip", rezipped(**{"<img src=x onerror=alert(1)>.pdf": b"x"})))
    assert any("<img" in line for line in told(opened))
    assert opened.locator("#answer img").count() == 0


def test_the_packet_of_one_paper_is_checked_with_the_page_that_lies_in_it(open_page, tmp_path: Path):
    with zipfile.ZipFile(io.BytesIO(ONE_PAPER)) as packet:
        packet.extract("check.html", tmp_path)
    opened = open_page((tmp_path / "check.html").as_uri(), 1280, locale="zh-CN", offline=True)
    give(opened, ("paper.zip", ONE_PAPER))
    assert [line[:2] for line in told(opened)] == ["一致"] * 2
    expect(opened.locator("#answer")).to_contain_text("人民调解协议书")
    give(opened, ("paper.zip", test_archive.rezipped(ONE_PAPER, **{"papers/001-agreement.pdf": b"%PDF-1.7 another"})))
    expect(opened.locator("#answer")).to_contain_text("1件一致，1件已改动")


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_it_fits_a_telephone_and_speaks_the_other_language(page, locale):
    opened = page(360, locale)
    give(opened, ("case.zip", PACKED))
    told(opened)
    assert opened.evaluate("document.documentElement.scrollWidth") <= 360
    before = opened.locator("h1").inner_text()
    opened.locator("#language").click()
    expect(opened.locator("h1")).not_to_have_text(before)
    expect(opened.locator("#answer li").first).to_be_visible()
