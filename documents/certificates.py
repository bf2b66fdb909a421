"""Certificates for the demonstration, and those of a house read from PKCS#12: PEM in, PEM out, no clock, no files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

BITS = 2048
EARLIER = timedelta(days=1)  # clocks of other machines may be behind ours
BODY_LIVES = timedelta(days=3 * 365)
ROOT_LIVES = timedelta(days=15 * 365)


class CertificateRefused(ValueError):
    """The file or certificate cannot be used for sealing; ``code`` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Issued:
    """A certificate with its key and the certificates above it, as PEM (the key as PKCS#8, not encrypted)."""

    certificate: bytes
    key: bytes
    chain: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Told:
    """What a certificate says: whose it is, who gave it, from when to when it holds."""

    name: str
    issuer: str
    begins: datetime
    ends: datetime


def new_root(name: str, at: datetime) -> Issued:
    """A self-signed certificate that may vouch for others."""
    key = _new_key()
    built = _builder(name, name, key, at, ROOT_LIVES).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    built = built.add_extension(_usage(vouching=True), critical=True)
    return Issued(_pem(built.sign(key, hashes.SHA256())), _key_pem(key))


def new_body(name: str, root: Issued, at: datetime) -> Issued:
    """A certificate of a body, given by ``root``, for signing papers and nothing else."""
    key, above = _new_key(), x509.load_pem_x509_certificate(root.certificate)
    above_key = serialization.load_pem_private_key(root.key, None)
    assert isinstance(above_key, rsa.RSAPrivateKey), "our own roots are RSA"
    built = _builder(name, _name_of(above), key, at, BODY_LIVES).add_extension(
        x509.BasicConstraints(ca=False, path_length=None), critical=True
    )
    built = built.add_extension(_usage(vouching=False), critical=True)
    vouched = x509.AuthorityKeyIdentifier.from_issuer_public_key(above_key.public_key())
    built = built.add_extension(vouched, critical=False)
    return Issued(_pem(built.sign(above_key, hashes.SHA256())), _key_pem(key), (root.certificate,))


def from_pkcs12(content: bytes, passphrase: str) -> Issued:
    """Key, certificate and chain of a PKCS#12 file.

    Raises CertificateRefused: ``unreadable`` (no such file, or another passphrase), ``incomplete`` (no key or no
    certificate in it), ``purpose`` (the certificate may not sign).
    """
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(content, passphrase.encode() or None)
    except (ValueError, TypeError) as error:
        raise CertificateRefused("unreadable") from error
    if key is None or certificate is None:
        raise CertificateRefused("incomplete")
    _refuse_other_purposes(certificate)
    plain = serialization.NoEncryption()
    kept = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return Issued(_pem(certificate), kept, tuple(_pem(one) for one in others))


def _refuse_other_purposes(certificate: x509.Certificate) -> None:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        raise CertificateRefused("purpose")


def told(certificate: bytes) -> Told:
    """What a certificate (PEM) says. Raises CertificateRefused ``unreadable``."""
    try:
        read = x509.load_pem_x509_certificate(certificate)
    except ValueError as error:
        raise CertificateRefused("unreadable") from error
    return Told(_name_of(read), _issuer_of(read), read.not_valid_before_utc, read.not_valid_after_utc)


def der_of(certificate: bytes) -> bytes:
    """A certificate as machines take it in (DER), from PEM."""
    return x509.load_pem_x509_certificate(certificate).public_bytes(serialization.Encoding.DER)


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=BITS)


def _builder(name: str, issuer: str, key: rsa.RSAPrivateKey, at: datetime, lives: timedelta) -> x509.CertificateBuilder:
    built = x509.CertificateBuilder().subject_name(_called(name)).issuer_name(_called(issuer))
    built = built.public_key(key.public_key()).serial_number(x509.random_serial_number())
    built = built.not_valid_before(at - EARLIER).not_valid_after(at + lives)
    return built.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _called(name: str) -> x509.Name:
    return x509.Name([
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        x509.NameAttribute(NameOID.COMMON_NAME, name[:64]),
    ])  # fmt: skip


def _usage(*, vouching: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not vouching, content_commitment=not vouching, key_cert_sign=vouching, crl_sign=vouching,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _name_of(certificate: x509.Certificate) -> str:
    return _common_name(certificate.subject)


def _issuer_of(certificate: x509.Certificate) -> str:
    return _common_name(certificate.issuer)


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else name.rfc4514_string()


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
