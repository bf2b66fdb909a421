"""Signatures and seals inside a paper, checked by two programs that know nothing of each other: pyHanko and poppler."""

from __future__ import annotations

import asyncio
import io
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import load_pem_x509_certificate
from PIL import Image, ImageDraw

from documents import certificates, examining
from documents.certificates import CertificateRefused, from_pkcs12, new_body, new_root, told
from documents.render import Paper, render
from documents.samples import CHECK_URL, SAMPLES
from documents.seal_picture import SIDE, round_seal, seal_image
from documents.sealing import (
    KeyPair,
    NotReadable,
    NotSealable,
    Report,
    TokenKey,
    TokenUnavailable,
    certificate_on_token,
    fields_of,
    sign,
    verify,
    with_fields,
)

AT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
BODY = "青禾区人民调解委员会"
REASON = "当面签名，身份由李晓核验"


@pytest.fixture(scope="module")
def root() -> certificates.Issued:
    return new_root("演示根证书", AT)


@pytest.fixture(scope="module")
def key(root) -> KeyPair:
    made = new_body(BODY, root, AT)
    return KeyPair(made.certificate, made.key, made.chain)


@pytest.fixture(scope="module")
def ink() -> Image.Image:
    drawn = Image.new("LA", (600, 180), (0, 0))
    ImageDraw.Draw(drawn).line([(20, 150), (200, 30), (320, 160), (560, 40)], fill=(20, 255), width=9)
    return drawn


@pytest.fixture(scope="module")
def printed() -> Paper:
    return render("agreement", SAMPLES["agreement"], check_url=CHECK_URL)


@pytest.fixture(scope="module")
def ready(printed: Paper) -> bytes:
    """An agreement with its fields, unsigned."""
    return with_fields(printed.pdf, printed.boxes)


@pytest.fixture(scope="module")
def sealed(ready: bytes, key: KeyPair, ink: Image.Image) -> bytes:
    """Every hand in order, then the seal."""
    pdf = ready
    for field in fields_of(ready):
        pdf = sign(pdf, field, key, AT, REASON, seal_image(BODY) if field == "seal" else ink)
    return pdf


def checked(pdf: bytes, root: certificates.Issued) -> Report:
    return verify(pdf, [root.certificate], at=AT + timedelta(hours=1))


def said_by_poppler(pdf: bytes, folder: Path) -> list[str]:
    """What poppler's pdfsig says of each signature."""
    if shutil.which("pdfsig") is None:
        pytest.skip("poppler-utils is not on this machine")
    (folder / "paper.pdf").write_bytes(pdf)
    out = subprocess.run(["pdfsig", "-nocert", "paper.pdf"], cwd=folder, capture_output=True, text=True).stdout
    return [line.rpartition(": ")[2] for line in out.splitlines() if "Signature Validation" in line]


# --- signing ----------------------------------------------------------------------------------------------------------


def test_all_fields_are_there_before_the_first_signature(ready, printed):
    assert fields_of(ready) == dict.fromkeys(printed.boxes, False)
    assert list(fields_of(ready))[-1] == "seal"


def test_a_paper_signed_by_all_hands_and_sealed_is_sound(sealed, root):
    report = checked(sealed, root)
    assert (report.state, report.sealed) == ("sound", True)
    assert [one.field for one in report.signatures] == list(fields_of(sealed))
    assert {(one.signer, one.reason, one.at) for one in report.signatures} == {(BODY, REASON, AT.isoformat())}


def test_each_signature_leaves_the_bytes_before_it_alone(ready, sealed):
    assert sealed.startswith(ready)


def test_only_the_last_signature_covers_the_whole_file(sealed, root):
    assert [one.whole for one in checked(sealed, root).signatures] == [False] * (len(fields_of(sealed)) - 1) + [True]


def test_a_field_is_signed_once(sealed, key):
    with pytest.raises(NotSealable):
        sign(sealed, "seal", key, AT, REASON)


def test_a_place_that_is_not_on_the_paper_is_not_signed(ready, key):
    with pytest.raises(NotSealable):
        sign(ready, "hand-99", key, AT, REASON)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n%%EOF", b"no paper at all"])
def test_what_is_no_paper_is_refused_by_name(content, key):
    with pytest.raises(NotSealable):
        with_fields(content, {})
    with pytest.raises(NotReadable):
        fields_of(content)


def test_a_sealing_takes_less_than_150_ms(ready, key):
    seal_image(BODY)
    taken = []
    for _ in range(5):
        before = time.process_time()
        sign(ready, "seal", key, AT, REASON, seal_image(BODY))
        taken.append(time.process_time() - before)
    assert min(taken) < 0.150


# --- checking ---------------------------------------------------------------------------------------------------------


def changed(pdf: bytes, at: int) -> bytes:
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


@pytest.mark.parametrize("part", [0.02, 0.3, 0.6])
def test_a_changed_byte_is_seen(sealed, root, part):
    where = sealed.index(b"stream", int(len(sealed) * part)) + 20
    with suppress(NotReadable):  # the byte broke the file itself
        assert checked(changed(sealed, where), root).state != "sound"


def test_a_changed_page_is_seen_by_both(sealed, root, tmp_path):
    bad = changed(sealed, sealed.index(b"stream") + 40)
    assert checked(bad, root).state == "changed"
    assert set(said_by_poppler(bad, tmp_path)) == {"Digest Mismatch."}


def test_poppler_calls_every_signature_of_a_sealed_paper_valid(sealed, tmp_path):
    assert said_by_poppler(sealed, tmp_path) == ["Signature is Valid."] * len(fields_of(sealed))


def test_a_revision_that_somebody_added_is_seen(sealed, root, printed):
    boxes = {"hand-0": printed.boxes["seal"]}
    assert checked(with_fields(sealed, boxes), root).state == "added"


def test_an_added_page_text_is_seen_though_the_signed_part_is_untouched(sealed, root):
    from pyhanko.pdf_utils.generic import StreamObject
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    writer.add_stream_to_page(0, writer.add_object(StreamObject(stream_data=b"0 0 300 300 re f")))
    more = io.BytesIO()
    writer.write(more)
    report = checked(more.getvalue(), root)
    assert (report.state, all(one.intact for one in report.signatures)) == ("added", True)


def test_bytes_behind_the_end_are_seen(sealed, root):
    assert checked(sealed + b"\n% and so on", root).state == "added"


def test_a_paper_saved_by_another_program_is_no_longer_sound(sealed, root):
    again = io.BytesIO()
    with pikepdf.open(io.BytesIO(sealed)) as opened:
        opened.save(again)
    with suppress(NotReadable):
        assert checked(again.getvalue(), root).state != "sound"


def test_a_seal_of_somebody_else_is_not_ours(ready, root):
    other = new_body(BODY, new_root("演示根证书", AT), AT)  # called alike
    forged = sign(ready, "seal", KeyPair(other.certificate, other.key, other.chain), AT, REASON)
    assert checked(forged, root).state == "unknown"


def test_an_unsigned_paper_says_so(ready, root):
    assert checked(ready, root).state == "unsigned"


def test_a_seal_stays_good_after_its_certificate_has_run_out(sealed, root):
    assert verify(sealed, [root.certificate], at=AT + timedelta(days=9 * 365)).state == "sound"


def test_a_file_of_a_stranger_is_examined_elsewhere(sealed, root):
    assert examining.examine(sealed, [root.certificate], at=AT).sealed


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"%PDF-1.7\n" + b"[" * 200_000, b"%PDF-1.7\n1 0 obj<</Length 99999999999>>stream\n"]
)
def test_what_breaks_the_reader_breaks_nothing_else(content, root):
    with pytest.raises(NotReadable):
        examining.examine(content, [root.certificate], at=AT, seconds=10)


# --- certificates -----------------------------------------------------------------------------------------------------


def packed(issued: certificates.Issued, passphrase: str) -> bytes:
    private = serialization.load_pem_private_key(issued.key, None)
    above = [load_pem_x509_certificate(one) for one in issued.chain]
    secret = serialization.BestAvailableEncryption(passphrase.encode())
    return pkcs12.serialize_key_and_certificates(
        b"seal", private, load_pem_x509_certificate(issued.certificate), above, secret
    )


def test_a_certificate_comes_out_of_pkcs12_as_it_went_in(root):
    made = new_body(BODY, root, AT)
    assert from_pkcs12(packed(made, "passphrase"), "passphrase") == made


@pytest.mark.parametrize(("content", "passphrase"), [(None, "wrong"), (b"rubbish", "passphrase"), (None, "")])
def test_a_file_that_does_not_open_is_refused(root, content, passphrase):
    with pytest.raises(CertificateRefused, match="unreadable"):
        from_pkcs12(content or packed(new_body(BODY, root, AT), "passphrase"), passphrase)


def test_a_certificate_that_may_not_sign_is_refused(root):
    with pytest.raises(CertificateRefused, match="purpose"):
        from_pkcs12(packed(root, "passphrase"), "passphrase")


def test_a_certificate_says_whose_it_is_and_how_long(root):
    says = told(new_body(BODY, root, AT).certificate)
    assert (says.name, says.issuer, says.ends) == (BODY, "演示根证书", AT + certificates.BODY_LIVES)


# --- a key that never leaves its token --------------------------------------------------------------------------------

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")


@pytest.fixture
def token(root, tmp_path, monkeypatch):
    """A token in software with the body's key and certificate under the label `seal`."""
    pkcs11 = pytest.importorskip("pkcs11")
    if not SOFTHSM.exists():
        pytest.skip("softhsm2 is not on this machine")
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    start = ["softhsm2-util", "--init-token", "--free", "--label", "house", "--pin", "1234", "--so-pin", "5678"]
    subprocess.run(start, check=True, capture_output=True)
    made = new_body(BODY, root, AT)
    (tmp_path / "key.pem").write_bytes(made.key)
    keys = ["--import", str(tmp_path / "key.pem"), "--token", "house", "--label", "seal", "--id", "01", "--pin", "1234"]
    subprocess.run(["softhsm2-util", *keys], check=True, capture_output=True)
    with pkcs11.lib(str(SOFTHSM)).get_token(token_label="house").open(rw=True, user_pin="1234") as session:
        kind = {"CLASS": pkcs11.ObjectClass.CERTIFICATE, "CERTIFICATE_TYPE": pkcs11.CertificateType.X_509}
        told_ = {
            "VALUE": certificates.der_of(made.certificate),
            "LABEL": "seal",
            "ID": b"\x01",
            "TOKEN": True,
            "SUBJECT": b"",
        }
        session.create_object({pkcs11.Attribute[name]: value for name, value in {**kind, **told_}.items()})
    return made


def test_a_key_on_a_token_signs_like_any_other(token, ready, root):
    assert certificate_on_token(str(SOFTHSM), "house", "1234", "seal") == token.certificate
    key = TokenKey(token.certificate, str(SOFTHSM), "house", "1234", "seal", token.chain)
    assert checked(sign(ready, "seal", key, AT, REASON, seal_image(BODY)), root).sealed


def test_a_token_that_is_not_there_says_so(ready, key):
    absent = TokenKey(key.certificate, "/nowhere/lib.so", "house", "1234", "seal")
    with pytest.raises(TokenUnavailable):
        sign(ready, "seal", absent, AT, REASON)


# --- the picture of a seal --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["青禾司法", BODY, "青禾区社会治安综合治理中心和平街道分中心", "医" * 24, "昇玥㛃调委会"]
)
def test_a_seal_is_a_red_ring_with_a_star_and_the_name(name):
    picture = Image.open(io.BytesIO(round_seal(name)))
    middle, edge, corner = (
        picture.getpixel((SIDE // 2, SIDE // 2)),
        picture.getpixel((SIDE // 2, 8)),
        picture.getpixel((3, 3)),
    )
    assert (middle[3], edge[3], corner[3]) == (255, 255, 0)
    assert middle[0] > 150 > 60 > middle[1]


def test_two_bodies_have_two_seals():
    assert round_seal("青禾区人民调解委员会") != round_seal("青禾县人民调解委员会")


@pytest.mark.parametrize("name", ["", "  ", "长" * 41, "a\x00b"])
def test_no_seal_is_drawn_for_a_name_that_it_cannot_carry(name):
    with pytest.raises(ValueError, match="seal"):
        round_seal(name)


def test_a_seal_is_set_and_checked_inside_a_running_loop_too(sample_papers, key, root):
    paper = sample_papers["agreement"]

    async def inside() -> Report:
        return verify(sign(with_fields(paper.pdf, paper.boxes), "seal", key, AT, REASON), [root.certificate], at=AT)

    with ThreadPoolExecutor(1) as aside:  # a browser that tests drive leaves a loop running in the thread of the tests
        assert aside.submit(lambda: asyncio.run(inside())).result().sealed
