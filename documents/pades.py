"""PAdES signatures by pyHanko: what `documents.sealing` promises is done here.

A module of its own, since pyHanko takes longer to load than all the rest of the program, and few processes ever sign.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from asn1crypto import pem
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

from documents.loops import without_a_loop
from documents.sealing import Box, KeyPair, NotReadable, NotSealable, Report, Signed, SigningKey, certificate_of

RESERVED = 16_384  # bytes kept free for one signature and its certificates; a chain of three takes some 6,000
# It complains when a picture that was made to fit is a billionth of a point too wide.
logging.getLogger("pyhanko.pdf_utils.layout").setLevel(logging.ERROR)


def signer_of(key: KeyPair) -> Signer:
    """What signs with a key in memory."""
    _kind, _headers, der = pem.unarmor(key.key)
    return _QuickSigner(certificate_of(key.certificate), PrivateKeyInfo.load(der), _store(key))


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


# --- signing ----------------------------------------------------------------------------------------------------------


def with_fields(pdf: bytes, boxes: Mapping[str, Box]) -> bytes:
    """As `documents.sealing.with_fields`."""
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
    """As `documents.sealing.fields_of`."""
    return {name: value is not None for name, value, _reference in enumerate_sig_fields(_reader(pdf))}


def sign(
    pdf: bytes, field: str, key: SigningKey, at: datetime, reason: str, picture: bytes | Image.Image | None = None
) -> bytes:
    """As `documents.sealing.sign`."""
    meta = PdfSignatureMetadata(
        field_name=field, md_algorithm="sha256", reason=reason, subfilter=SigSeedSubFilter.PADES, name=None
    )
    writer = _writer(pdf)
    try:
        with key.opened() as signer:
            dated = _Dated(meta, signer, stamp_style=_look(picture))
            dated.at = at
            signed = without_a_loop(lambda: dated.sign_pdf(writer, existing_fields_only=True, bytes_reserved=RESERVED))
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


def verify(pdf: bytes, roots: Iterable[bytes], *, at: datetime) -> Report:
    """As `documents.sealing.verify`."""
    trusted = [certificate_of(one) for one in roots]
    if _is_unsigned(pdf):
        return Report(())
    found = []
    try:
        for one in _reader(pdf).embedded_regular_signatures:
            context = ValidationContext(trust_roots=trusted, moment=_moment(one, at), allow_fetching=False)
            status = without_a_loop(partial(validate_pdf_signature, one, context))
            found.append(_told(one, status, len(pdf)))
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
