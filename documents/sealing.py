"""Signatures inside a paper: the fields for all hands first, then one PAdES signature after the other, the seal last.

Every change is an incremental update, so that what was signed before stays as it was, byte by byte. PAdES B-B after
ETSI EN 319 142-1: approval signatures with the signer's certificate inside. Whoever checks a paper asks two questions
that are easily confused: is what was signed unchanged, and was anything added afterwards that nobody signed.

Keys come as arguments; nothing here knows where they are kept, what time it is or how to reach anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from asn1crypto import pem, x509
from PIL import Image

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer

SEAL = "seal"


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
        from documents import pades

        return pades.signer_of(self)


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
    from documents import pades

    return pades.with_fields(pdf, boxes)


def fields_of(pdf: bytes) -> dict[str, bool]:
    """Name of each signature field -> whether it is signed, in the order of the file. Raises NotReadable."""
    from documents import pades

    return pades.fields_of(pdf)


def sign(
    pdf: bytes, field: str, key: SigningKey, at: datetime, reason: str, picture: bytes | Image.Image | None = None
) -> bytes:
    """The paper signed in ``field`` (made by `with_fields`), with a picture (PNG, or an image) shown there.

    ``at`` is the aware moment that the signature names, ``reason`` what it says of itself. Raises NotSealable, TokenUnavailable.
    """
    from documents import pades

    return pades.sign(pdf, field, key, at, reason, picture)


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
    from documents import pades

    return pades.verify(pdf, roots, at=at)
