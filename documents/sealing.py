"""Signatures inside a paper: the fields for all hands first, then one PAdES signature after the other, the seal last.

Every change is an incremental update, so that what was signed before stays as it was, byte by byte. PAdES B-B after
ETSI EN 319 142-1: approval signatures with the signer's certificate inside. Whoever checks a paper asks two questions
that are easily confused: is what was signed unchanged, and was anything added afterwards that nobody signed.

Keys come as arguments; nothing here knows where they are kept, what time it is or how to reach anybody.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from asn1crypto import pem, x509
from asn1crypto.keys import PrivateKeyInfo
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from PIL import Image
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer, SimpleSigner
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pyhanko_certvalidator.util import get_pyca_cryptography_hash

RESERVED = 16_384  # bytes kept free for one signature and its certificates; a chain of three takes some 6,000
SEAL = "seal"
# It complains when a picture that was made to fit is a billionth of a point too wide.
logging.getLogger("pyhanko.pdf_utils.layout").setLevel(logging.ERROR)


class NotSealable(ValueError):
    """The paper cannot be signed at this place: no such field, signed there already, or not a sound PDF."""


class NotReadable(ValueError):
    """No PDF, a damaged one, or one that was locked with a password."""


class TokenUnavailable(RuntimeError):
    """The token, its library or the key on it cannot be reached: the paper waits, nothing is wrong with it."""


class Box(Protocol):
    """A place on a paper: page from 1, corners in points from the bottom left."""

    @property
    def page(self) -> int: ...
    @property
    def x0(self) -> float: ...
    @property
    def y0(self) -> float: ...
    @property
    def x1(self) -> float: ...
    @property
    def y1(self) -> float: ...


class SigningKey(Protocol):
    """Something that can sign: a key in memory (`KeyPair`), or one that never leaves its token (`TokenKey`)."""

    @property
    def certificate(self) -> bytes: ...
    @property
    def chain(self) -> tuple[bytes, ...]: ...
    def opened(self) -> AbstractContextManager[Signer]: ...


@dataclass(frozen=True)
class KeyPair:
    """A certificate with its private key and the certificates above it, all as PEM (the key as PKCS#8, unencrypted)."""

    certificate: bytes
    key: bytes
    chain: tuple[bytes, ...] = ()

    @contextmanager
    def opened(self) -> Iterator[Signer]:
        yield self._signer

    @cached_property
    def _signer(self) -> Signer:
        _kind, _headers, der = pem.unarmor(self.key)
        return _QuickSigner(certificate_of(self.certificate), PrivateKeyInfo.load(der), _store(self))


@dataclass(frozen=True)
class TokenKey:
    """A key on a PKCS#11 token, by label. ``module`` is the path of the vendor's library."""

    certificate: bytes
    module: str
    token: str
    pin: str
    label: str
    chain: tuple[bytes, ...] = ()

    @contextmanager
    def opened(self) -> Iterator[Signer]:
        """A session for one signature. Raises TokenUnavailable."""
        try:
            from pyhanko.config.pkcs11 import TokenCriteria  # an optional part: only houses with a token install it
            from pyhanko.sign import pkcs11

            session = pkcs11.open_pkcs11_session(self.module, None, TokenCriteria(label=self.token), self.pin)
        except Exception as error:  # every vendor's library fails in its own way
            raise TokenUnavailable(f"{type(error).__name__}: {error}") from error
        chain = [certificate_of(one) for one in self.chain]
        own = certificate_of(self.certificate) if self.certificate else None
        with session:
            yield pkcs11.PKCS11Signer(session, key_label=self.label, signing_cert=own, ca_chain=chain)


def certificate_on_token(module: str, token: str, pin: str, label: str) -> bytes:
    """The certificate (PEM) that a token keeps under a label. Raises TokenUnavailable."""
    with TokenKey(b"", module, token, pin, label).opened() as signer:
        found = signer.signing_cert
    if found is None:
        raise TokenUnavailable(f"no certificate is called {label!r}")
    return pem.armor("CERTIFICATE", found.dump())


class _QuickSigner(SimpleSigner):
    """pyHanko reads and checks the key anew for every signature, which takes longer than signing; once is enough."""

    @cached_property
    def _ready(self) -> Any:
        return serialization.load_der_private_key(self.signing_key.dump(), password=None)

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        mechanism = self.get_signature_mechanism_for_digest(digest_algorithm).signature_algo
        if mechanism == "rsassa_pkcs1v15" and isinstance(self._ready, RSAPrivateKey):
            return self._ready.sign(data, PKCS1v15(), get_pyca_cryptography_hash(digest_algorithm))
        return super().sign_raw(data, digest_algorithm)


def _store(key: KeyPair) -> SimpleCertificateStore:
    store = SimpleCertificateStore()
    store.register_multiple([certificate_of(one) for one in (key.certificate, *key.chain)])
    return store


def certificate_of(text: bytes) -> x509.Certificate:
    """A certificate from PEM. Raises ValueError."""
    _kind, _headers, der = pem.unarmor(text)
    return x509.Certificate.load(der)


# --- signing ----------------------------------------------------------------------------------------------------------


def with_fields(pdf: bytes, boxes: Mapping[str, Box]) -> bytes:
    """The paper with an empty signature field at each place, by name; the printed page looks as before.

    All of them at once and before the first signature: a field that is added later is a change that nobody signed.
    Raises NotSealable.
    """
    writer = _writer(pdf)
    present = {name for name, _value, _reference in enumerate_sig_fields(writer)}
    for name, box in boxes.items():
        if name in present:
            continue
        corners = (round(box.x0), round(box.y0), round(box.x1), round(box.y1))
        append_signature_field(writer, SigFieldSpec(name, on_page=box.page - 1, box=corners))
    kept = io.BytesIO()
    writer.write(kept)
    return kept.getvalue()


def fields_of(pdf: bytes) -> dict[str, bool]:
    """Name of each signature field -> whether it is signed, in the order of the file. Raises NotReadable."""
    return {name: value is not None for name, value, _reference in enumerate_sig_fields(_reader(pdf))}


def sign(
    pdf: bytes, field: str, key: SigningKey, at: datetime, reason: str, picture: bytes | Image.Image | None = None
) -> bytes:
    """The paper signed in ``field`` (made by `with_fields`), with a picture (PNG, or an image) shown there.

    ``at`` is the aware moment that the signature names, ``reason`` what it says of itself. Raises NotSealable, TokenUnavailable.
    """
    meta = PdfSignatureMetadata(
        field_name=field, md_algorithm="sha256", reason=reason, subfilter=SigSeedSubFilter.PADES, name=None
    )
    writer = _writer(pdf)
    try:
        with key.opened() as signer:
            dated = _Dated(meta, signer, stamp_style=_look(picture))
            dated.at = at
            signed = dated.sign_pdf(writer, existing_fields_only=True, bytes_reserved=RESERVED)
    except SigningError as refused:
        raise NotSealable(str(refused)) from refused
    return bytes(signed.getbuffer())


class _Dated(PdfSigner):
    """Names the moment that it is told, not that of the machine."""

    at: datetime

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> Any:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.at
        return session


def _look(picture: bytes | Image.Image | None) -> StaticStampStyle:
    """A picture as large as the field allows and in its middle; without one the field stays as it was printed."""
    if picture is None:
        return StaticStampStyle(border_width=0)
    image = Image.open(io.BytesIO(picture)) if isinstance(picture, bytes) else picture
    middle = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, Margins.uniform(0))
    return StaticStampStyle(border_width=0, background=PdfImage(image), background_layout=middle)


def _writer(pdf: bytes) -> IncrementalPdfFileWriter:
    try:
        return IncrementalPdfFileWriter(io.BytesIO(pdf))
    except Exception as error:  # pyHanko raises many kinds; whatever it is, this is no paper of ours
        raise NotSealable(f"not a PDF that can be signed: {type(error).__name__}") from error


# --- checking ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Signed:
    """One signature: ``ends`` is the length in bytes of the file as it was signed."""

    field: str
    signer: str  # the common name in the certificate
    at: str  # ISO, as the signature says; empty when it does not
    reason: str
    intact: bool  # what was signed is unchanged
    trusted: bool  # the certificate was given by one of the roots, and was valid then
    whole: bool  # nothing stands behind it in the file
    allowed: bool  # what stands behind it are signatures in fields that were there
    ends: int


@dataclass(frozen=True)
class Report:
    """What the signatures of a file say together."""

    signatures: tuple[Signed, ...]

    @property
    def state(self) -> str:
        """unsigned, changed (what was signed is not what is there), added (something was put behind it that nobody
        signed), unknown (signed by somebody whom no root knows), or sound."""
        if not self.signatures:
            return "unsigned"
        if not all(one.intact for one in self.signatures):
            return "changed"
        if not all(one.allowed for one in self.signatures) or not any(one.whole for one in self.signatures):
            return "added"
        return "sound" if all(one.trusted for one in self.signatures) else "unknown"

    @property
    def sealed(self) -> bool:
        """Whether the last signature is the seal, and all of it is sound."""
        return self.state == "sound" and self.signatures[-1].field == SEAL


def verify(pdf: bytes, roots: Iterable[bytes], *, at: datetime) -> Report:
    """Check every signature of a file against the certificates (PEM) of those who may vouch, as of ``at``.

    Raises NotReadable. For files of strangers call it in a process of its own (`documents.examining`).
    """
    trusted = [certificate_of(one) for one in roots]
    if _is_unsigned(pdf):
        return Report(())
    found = []
    try:
        for one in _reader(pdf).embedded_regular_signatures:
            context = ValidationContext(trust_roots=trusted, moment=_moment(one, at), allow_fetching=False)
            found.append(_told(one, validate_pdf_signature(one, context), len(pdf)))
    except NotReadable:
        raise
    except Exception as error:  # a damaged file breaks anywhere inside the library
        raise NotReadable(type(error).__name__) from error
    return Report(tuple(sorted(found, key=lambda one: one.ends)))


def _is_unsigned(pdf: bytes) -> bool:
    """Whether a file holds no signature at all; files of careless programs are read leniently for that, and only that."""
    try:
        return not PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures
    except Exception:  # said by whoever reads it next
        return False


def _moment(one: EmbeddedPdfSignature, at: datetime) -> datetime:
    """A seal stays good after its certificate has run out, if it was good on the day that it names."""
    told = one.self_reported_timestamp
    return told if told is not None and told.tzinfo is not None and told < at else at


def _told(one: EmbeddedPdfSignature, status: PdfSignatureStatus, length: int) -> Signed:
    told = one.self_reported_timestamp
    ends = sum(int(part) for part in list(one.byte_range)[-2:])
    return Signed(
        field=one.field_name,
        signer=str(one.signer_cert.subject.native.get("common_name", "")),
        at=told.isoformat() if told else "",
        reason=str(one.sig_object.get("/Reason", "")),
        intact=bool(status.intact and status.valid),
        trusted=bool(status.trusted),
        whole=status.coverage == SignatureCoverageLevel.ENTIRE_FILE and ends == length,
        allowed=bool(status.docmdp_ok) and status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION,
        ends=ends,
    )


def _reader(pdf: bytes) -> PdfFileReader:
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        if reader.encrypted:
            raise NotReadable("locked")
        return reader
    except NotReadable:
        raise
    except Exception as error:  # as above
        raise NotReadable(type(error).__name__) from error
