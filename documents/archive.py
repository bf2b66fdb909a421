"""Electronic archive of one case: a zip whose manifest names every file with its SHA-256 and is signed by the body's key.

Files are stored uncompressed, so that a page without any library can read them. The signature is a plain one over the bytes
of `manifest.json` (RSA PKCS#1 v1.5 or ECDSA, SHA-256): what a browser's WebCrypto, `openssl dgst -verify` and this module
check alike. What comes in from outside is believed only after names, sizes, hashes and signature were checked.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import json
import re
import stat
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from pyhanko_certvalidator import CertificateValidator, ValidationContext

from documents.loops import without_a_loop
from documents.sealing import SigningKey, certificate_of

FORMAT, VERSION = "mediation-archive", 1
MANIFEST, SIGNATURE, CHECK = "manifest.json", "signature.json", "check.html"
MOST_FILES = 3_000
MOST_BYTES = 1_000_000_000
MOST_SAID = 8_000_000  # bytes of manifest and signature
_PATH = re.compile(
    r"dossier\.pdf|metadata\.json|journal\.json|papers/\d{3,4}-[a-z0-9_]{1,40}\.pdf|originals/\d{3,4}\.[a-z0-9]{1,5}"
)
_HASH = re.compile(r"[0-9a-f]{64}")
_BESIDE = (MANIFEST, SIGNATURE, CHECK)


class ArchiveRefused(ValueError):
    """Not an archive that can be believed.

    ``code``: unreadable, name, link, locked, too-large, doubled, format, signature, missing, unknown, changed. ``path`` is
    the file that it is about, where it is about one.
    """

    def __init__(self, code: str, path: str = "") -> None:
        super().__init__(f"{code}: {path}" if path else code)
        self.code = code
        self.path = path


@dataclass(frozen=True)
class Listed:
    """One file of an archive as the manifest names it; ``what``: dossier, metadata, journal, paper, original."""

    path: str
    sha256: str
    size: int
    media: str
    what: str
    title: str


@dataclass(frozen=True)
class Archive:
    """An archive that was opened: its files fit the manifest, and the manifest fits its signature."""

    told: Mapping[str, Any]  # the manifest without its files: case, number, body, made_at
    files: tuple[Listed, ...]
    contents: Mapping[str, bytes]
    manifest: bytes
    signature: bytes
    certificate: bytes
    chain: tuple[bytes, ...]

    def of(self, what: str) -> list[Listed]:
        """The files of one sort, in the order of the manifest."""
        return [one for one in self.files if one.what == what]


def listed(path: str, content: bytes, media: str, what: str, title: str) -> Listed:
    """A file as the manifest will name it."""
    return Listed(path, hashlib.sha256(content).hexdigest(), len(content), media, what, title)


def manifest_of(files: Iterable[Listed], told: Mapping[str, Any]) -> bytes:
    """The manifest: what is told of the case, and every file. The same input gives the same bytes."""
    rows = [
        {"path": one.path, "sha256": one.sha256, "size": one.size, "media": one.media, "what": one.what, "title": one.title}
        for one in files
    ]  # fmt: skip
    said = {"format": FORMAT, "version": VERSION, **told, "files": rows}
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def signature_of(manifest: bytes, key: SigningKey) -> bytes:
    """What stands in `signature.json`: the signature over the manifest with the signer's certificates.

    Raises TokenUnavailable.
    """
    with key.opened() as signer:
        raw = without_a_loop(lambda: asyncio.run(signer.async_sign_raw(manifest, "sha256")))
    said = {
        "signature": base64.b64encode(raw).decode(),
        "certificate": key.certificate.decode(),
        "chain": [one.decode() for one in key.chain],
    }
    return (json.dumps(said, indent=1) + "\n").encode()


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of a certificate (PEM), as people compare it: 64 hexadecimal digits in groups of four."""
    digits = x509.load_pem_x509_certificate(certificate).fingerprint(hashes.SHA256()).hex().upper()
    return " ".join(digits[at : at + 4] for at in range(0, 64, 4))


def pack(contents: Mapping[str, bytes], manifest: bytes, signature: bytes, page: bytes, at: datetime) -> bytes:
    """The zip: every file under its path, the manifest with its signature, and the page that checks them offline."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_STORED) as archive:
        for path, content in {CHECK: page, MANIFEST: manifest, SIGNATURE: signature, **contents}.items():
            archive.writestr(zipfile.ZipInfo(path, at.timetuple()[:6]), content)
    return kept.getvalue()


# --- what comes from outside ------------------------------------------------------------------------------------------


def unpack(content: bytes) -> Archive:
    """Open an archive and check everything that can be checked without knowing anybody. Raises ArchiveRefused."""
    found = _members(content)
    manifest, signature = found.pop(MANIFEST, b""), found.pop(SIGNATURE, b"")
    found.pop(CHECK, None)
    if not manifest or not signature:
        raise ArchiveRefused("missing", SIGNATURE if manifest else MANIFEST)
    certificate, chain = _checked_signature(manifest, signature)
    told, files = _read(manifest)
    _compare(files, found)
    return Archive(told, files, found, manifest, signature, certificate, chain)


def _members(content: bytes) -> dict[str, bytes]:
    """Path -> bytes, with nothing in it that could reach outside or blow up: sizes are told before anything is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir()]
            _refuse_hostile(entries)
            return {one.filename: archive.read(one) for one in entries}
    except ArchiveRefused:
        raise
    except Exception as error:  # damaged archives break anywhere inside the library
        raise ArchiveRefused("unreadable") from error


def _refuse_hostile(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_FILES or sum(one.file_size for one in entries) > MOST_BYTES:
        raise ArchiveRefused("too-large")
    seen = set()
    for one in entries:
        if one.filename in seen:
            raise ArchiveRefused("doubled", one.filename[:200])
        seen.add(one.filename)
        if stat.S_ISLNK(one.external_attr >> 16):
            raise ArchiveRefused("link", one.filename[:200])
        if one.filename not in _BESIDE and not _PATH.fullmatch(one.filename):
            raise ArchiveRefused("name", one.filename[:200])
        if one.flag_bits & 0x1:
            raise ArchiveRefused("locked", one.filename)
        if one.filename in (MANIFEST, SIGNATURE) and one.file_size > MOST_SAID:
            raise ArchiveRefused("too-large", one.filename)


def _checked_signature(manifest: bytes, said: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    try:
        read = json.loads(said)
        certificate, chain = str(read["certificate"]).encode(), tuple(str(one).encode() for one in read["chain"][:10])
        signature = base64.b64decode(str(read["signature"]), validate=True)
        for one in (certificate, *chain):
            certificate_of(one)
        key = x509.load_pem_x509_certificate(certificate).public_key()
    except Exception as error:  # whatever it is, it is no signature of ours
        raise ArchiveRefused("signature") from error
    try:
        _verify(key, signature, manifest)
    except (InvalidSignature, ValueError) as error:
        raise ArchiveRefused("signature") from error
    return certificate, chain


def _verify(key: Any, signature: bytes, content: bytes) -> None:
    if isinstance(key, RSAPublicKey):
        key.verify(signature, content, PKCS1v15(), hashes.SHA256())
    elif isinstance(key, EllipticCurvePublicKey):
        key.verify(signature, content, ECDSA(hashes.SHA256()))
    else:
        raise InvalidSignature


def _read(manifest: bytes) -> tuple[Mapping[str, Any], tuple[Listed, ...]]:
    try:
        told = json.loads(manifest)
        if (told.pop("format"), told.pop("version")) != (FORMAT, VERSION):
            raise ValueError("another format")
        files = tuple(_listed(one) for one in told.pop("files"))
        if datetime.fromisoformat(told["made_at"]).tzinfo is None:
            raise ValueError("a moment needs a time zone")
        if not all(isinstance(told[key], str) and told[key] for key in ("case", "body")):
            raise ValueError("no case")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ArchiveRefused("format") from error
    return told, files


def _listed(row: Mapping[str, Any]) -> Listed:
    one = Listed(*(row[key] for key in ("path", "sha256", "size", "media", "what", "title")))
    texts = (one.path, one.sha256, one.media, one.what, one.title)
    if (
        not all(isinstance(text, str) for text in texts)
        or not _PATH.fullmatch(one.path)
        or not _HASH.fullmatch(one.sha256)
    ):
        raise ValueError("no file of an archive")
    return one


def _compare(files: tuple[Listed, ...], contents: Mapping[str, bytes]) -> None:
    named = {one.path: one for one in files}
    if len(named) != len(files):
        raise ArchiveRefused("format")
    for path in contents:
        if path not in named:
            raise ArchiveRefused("unknown", path)
    for path, one in named.items():
        if path not in contents:
            raise ArchiveRefused("missing", path)
        if hashlib.sha256(contents[path]).hexdigest() != one.sha256:
            raise ArchiveRefused("changed", path)


def vouched(archive: Archive, roots: Iterable[bytes], at: datetime) -> bool:
    """Whether one of the roots (PEM) vouches for who signed, on the day on which the archive says it was made.

    A day in the future (after ``at``) is not believed.
    """
    made = datetime.fromisoformat(str(archive.told["made_at"]))
    trusted = [certificate_of(one) for one in roots]
    if made > at or not trusted:
        return False
    context = ValidationContext(trust_roots=trusted, moment=made, allow_fetching=False)
    others = [certificate_of(one) for one in archive.chain]
    validator = CertificateValidator(certificate_of(archive.certificate), others, validation_context=context)
    try:
        without_a_loop(lambda: asyncio.run(validator.async_validate_usage({"digital_signature"})))
    except Exception:  # every failing link of a chain is an error of its own there
        return False
    return True
