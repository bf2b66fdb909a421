"""Archives: packed, signed and opened again; and everything hostile that calls itself one."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from documents import archive
from documents.archive import ArchiveRefused, fingerprint, listed, manifest_of, pack, signature_of, unpack, vouched
from documents.certificates import new_body, new_root
from documents.sealing import KeyPair

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ROOT = new_root("演示根证书", AT)
BODY = new_body("青禾区人民调解委员会", ROOT, AT)
KEY = KeyPair(BODY.certificate, BODY.key, BODY.chain)
CONTENTS = {
    "dossier.pdf": b"%PDF-1.7 dossier",
    "metadata.json": b"{}",
    "papers/001-agreement.pdf": b"%PDF-1.7 agreement",
}
TOLD = {"case": "QH-1", "number": "（2026）青禾人调字第1号", "body": "青禾区人民调解委员会", "made_at": AT.isoformat()}


def manifest(contents=CONTENTS, **told) -> bytes:
    files = [listed(path, content, "application/pdf", "paper", path) for path, content in contents.items()]
    return manifest_of(files, {**TOLD, **told})


def packed(contents=CONTENTS, said=None, signature=None) -> bytes:
    said = said if said is not None else manifest()
    return pack(contents, said, signature or signature_of(said, KEY), b"<!doctype html>", AT)


def rezipped(content: bytes, **changes: bytes | None) -> bytes:
    """The archive with files changed (None: left out), compressed as an ordinary program would."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        files = {name: old.read(name) for name in old.namelist()} | changes
        for name, data in files.items():
            if data is not None:
                new.writestr(name, data)
    return kept.getvalue()


def refused(content: bytes) -> tuple[str, str]:
    with pytest.raises(ArchiveRefused) as found:
        unpack(content)
    return found.value.code, found.value.path


def test_what_was_packed_comes_out_again():
    found = unpack(packed())
    assert dict(found.contents) == CONTENTS
    assert (found.told["case"], [one.path for one in found.of("paper")]) == ("QH-1", list(CONTENTS))
    assert vouched(found, [ROOT.certificate], AT + timedelta(days=400))


def test_the_same_files_give_the_same_archive():
    assert packed() == packed()


def test_an_archive_that_another_program_packed_anew_is_the_same():
    assert dict(unpack(rezipped(packed())).contents) == CONTENTS


def test_a_key_on_an_elliptic_curve_signs_as_well():
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    certificate = _certificate_for(key)
    assert unpack(packed(signature=signature_of(manifest(), KeyPair(certificate, pem)))).certificate == certificate


def _certificate_for(key) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "曲线")])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(7).not_valid_before(AT).not_valid_after(AT + timedelta(days=9))
    return built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def test_somebody_elses_root_vouches_for_nobody():
    other = new_root("别人的根证书", AT)
    assert not vouched(unpack(packed()), [other.certificate], AT)
    assert not vouched(unpack(packed()), [], AT)


@pytest.mark.parametrize("days", [-400, 4 * 365])
def test_outside_the_days_of_the_certificate_nobody_vouches(days):
    said = manifest(made_at=(AT + timedelta(days=days)).isoformat())
    assert not vouched(unpack(packed(said=said)), [ROOT.certificate], AT + timedelta(days=5 * 365))


def test_a_day_in_the_future_is_not_believed():
    assert not vouched(unpack(packed()), [ROOT.certificate], AT - timedelta(hours=1))


def test_a_fingerprint_is_read_in_groups_of_four():
    assert len(fingerprint(BODY.certificate).split()) == 16


@pytest.mark.parametrize(("changes", "told"), [
    ({"dossier.pdf": b"%PDF-1.7 Dossier"}, ("changed", "dossier.pdf")),
    ({"dossier.pdf": None}, ("missing", "dossier.pdf")),
    ({"papers/002-agreement.pdf": b"%PDF"}, ("unknown", "papers/002-agreement.pdf")),
    ({"manifest.json": manifest(number="（2026）青禾人调字第2号")}, ("signature", "")),
    ({"manifest.json": None}, ("missing", "manifest.json")),
    ({"signature.json": None}, ("missing", "signature.json")),
    ({"signature.json": b"{}"}, ("signature", "")),
    ({"signature.json": b"[" * 100_000}, ("signature", "")),
])  # fmt: skip
def test_what_was_changed_is_refused_and_named(changes, told):
    assert refused(rezipped(packed(), **changes)) == told


@pytest.mark.parametrize("name", [
    "../outside.pdf", "papers/../../outside.pdf", "/etc/passwd", "C:\\windows\\x", "papers\\001-agreement.pdf", "papers/001-x.exe",
    "papers/001-agreement.pdf\u202e", "originals/1.png", "x" * 5000, "__MACOSX/._dossier.pdf",
])  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(name):
    assert refused(rezipped(packed(), **{name: b"x"}))[0] == "name"


def test_a_link_is_refused():
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as made:
        link = zipfile.ZipInfo("dossier.pdf")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    assert refused(kept.getvalue()) == ("link", "dossier.pdf")


def test_a_name_that_comes_twice_is_refused():
    kept = io.BytesIO(packed())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(kept, "a") as made:
        made.writestr("dossier.pdf", b"the other one")
    assert refused(kept.getvalue()) == ("doubled", "dossier.pdf")


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("dossier.pdf", bytes(30_000_000))
    monkeypatch.setattr(archive, "MOST_BYTES", 20_000_000)
    assert refused(kept.getvalue()) == ("too-large", "")


def test_a_bomb_that_lies_about_its_size_is_refused():
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("dossier.pdf", bytes(30_000_000))
    content = kept.getvalue().replace((30_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert refused(content) == ("unreadable", "")


def test_a_swarm_of_files_is_refused(monkeypatch):
    monkeypatch.setattr(archive, "MOST_FILES", 3)
    assert refused(packed())[0] == "too-large"


@pytest.mark.parametrize("said", [
    b"{}", b"[]", b"nonsense", json.dumps({"format": "mediation-archive", "version": 2, "files": []}).encode(),
    manifest(made_at="yesterday"), manifest(case=""), manifest(body=7),
    manifest().replace(b"papers/001", b"../../001"), manifest().replace(b'"sha256": "', b'"sha256": "x'),
])  # fmt: skip
def test_a_signed_manifest_of_another_form_is_refused(said):
    assert refused(packed(said=said))[0] == "format"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7", packed()[:-40], packed()[200:]])
def test_what_is_no_zip_is_refused(content):
    assert refused(content)[0] in ("unreadable", "missing", "signature")
