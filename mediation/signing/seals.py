"""Whose seal is made with which certificate: the demonstration's own root, files of a house, keys on a token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from sqlalchemy import select, update

from documents import certificates
from documents.certificates import CertificateRefused, Issued
from documents.sealing import KeyPair, SigningKey, TokenKey, TokenUnavailable, certificate_on_token
from mediation import clock, journal
from mediation.extensions import db
from mediation.models import Agency, Paper, SealCertificate, User

ROOT_NAME = "演示根证书（不具法律效力）"
# Agencies whose seal stands on the papers of this house.
SEALING_KINDS = ("centre", "committee")
SOON = timedelta(days=30)


class SealMissing(LookupError):
    """No certificate is known for this body: its papers wait."""


@dataclass(frozen=True)
class Seal:
    """What a paper is sealed with: the body's name as it stands on the seal, and its key."""

    name: str
    key: SigningKey


def seal_of(paper: Paper) -> Seal:
    """The seal of the body that issues this paper. Raises SealMissing, TokenUnavailable."""
    return seal_for(body_of(paper))


def seal_for(agency: Agency) -> Seal:
    """The seal of a body. Raises SealMissing, TokenUnavailable."""
    found = current(agency) or _demonstrated(agency)
    return Seal(agency.name, _key_of(found))


def body_of(paper: Paper) -> Agency:
    """The body that the paper names as its issuer: the committee, or the centre before one was appointed."""
    case, named = paper.case, paper.facts.get("body") or {}
    bodies = [one for one in (case.committee, case.agency) if one is not None]
    return next((one for one in bodies if one.name == named.get("name")), bodies[0])


def current(agency: Agency) -> SealCertificate | None:
    """The certificate with which a body seals now."""
    query = select(SealCertificate).where(SealCertificate.agency_id == agency.id, SealCertificate.retired_at.is_(None))
    return db.session.scalar(query.order_by(SealCertificate.id.desc()).limit(1))


def _key_of(row: SealCertificate) -> SigningKey:
    certificate, chain = row.certificate.encode(), tuple(one.encode() for one in row.chain)
    if row.key is None:
        settings = current_app.config
        return TokenKey(
            certificate, settings["PKCS11_MODULE"], settings["PKCS11_TOKEN"], settings["PKCS11_PIN"], row.label, chain
        )
    # Reading a key takes longer than signing with it: kept as long as the process runs.
    known: dict[str, KeyPair] = current_app.extensions.setdefault("mediation-seals", {})
    return known.setdefault(row.certificate, KeyPair(certificate, row.key.encode(), chain))


def roots() -> list[bytes]:
    """The certificates (PEM) that vouch for seals of this house, those of the past included."""
    found = list(db.session.scalars(select(SealCertificate).order_by(SealCertificate.id)))
    above = [one.chain[-1] if one.chain else one.certificate for one in found if one.agency_id is not None]
    return [
        pem.encode() for pem in dict.fromkeys([*(one.certificate for one in found if one.agency_id is None), *above])
    ]


# --- the demonstration ------------------------------------------------------------------------------------------------


def settle() -> None:
    """In the demonstration every body has a certificate from the first start on; in production it is brought."""
    if current_app.config["MODE"] == "demo":
        for agency in bodies():
            if current(agency) is None:
                _demonstrated(agency)


def bodies() -> list[Agency]:
    """The bodies whose seal stands on papers, by name."""
    query = select(Agency).where(Agency.active, Agency.kind.in_(SEALING_KINDS))
    return list(db.session.scalars(query.order_by(Agency.name)))


def _demonstrated(agency: Agency) -> SealCertificate:
    if current_app.config["MODE"] != "demo":
        raise SealMissing(agency.name)
    # One at a time: two workers that need the first certificate of a body must not make two.
    db.session.execute(select(Agency.id).order_by(Agency.id).limit(1).with_for_update())
    found = current(agency)
    if found is None:
        root = _root()
        assert root.key is not None
        vouching = Issued(root.certificate.encode(), root.key.encode())
        found = _keep(certificates.new_body(agency.name, vouching, clock.now()), agency, "demonstration")
    return found


def _root() -> SealCertificate:
    query = select(SealCertificate).where(SealCertificate.agency_id.is_(None))
    return db.session.scalar(query.limit(1)) or _keep(
        certificates.new_root(ROOT_NAME, clock.now()), None, "demonstration"
    )


def _keep(issued: Issued, agency: Agency | None, origin: str, label: str = "") -> SealCertificate:
    told = certificates.told(issued.certificate)
    row = SealCertificate(
        agency_id=agency.id if agency else None, origin=origin, name=told.name[:120], issuer=told.issuer[:120],
        certificate=issued.certificate.decode(), chain=[one.decode() for one in issued.chain],
        key=issued.key.decode() or None, label=label, begins_at=told.begins, ends_at=told.ends, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


# --- production -------------------------------------------------------------------------------------------------------


def take_file(agency: Agency, content: bytes, passphrase: str, *, by: User | None) -> SealCertificate:
    """From now on the body seals with the certificate of this PKCS#12 file. Raises CertificateRefused."""
    return _replace(agency, certificates.from_pkcs12(content, passphrase), "file", "", by)


def take_token(agency: Agency, label: str, *, by: User | None) -> SealCertificate:
    """From now on the body seals with the key of this label on the token of the configuration.

    Raises CertificateRefused ``no-token`` without a token in the configuration, TokenUnavailable.
    """
    settings = current_app.config
    if not settings["PKCS11_MODULE"]:
        raise CertificateRefused("no-token")
    certificate = certificate_on_token(
        settings["PKCS11_MODULE"], settings["PKCS11_TOKEN"], settings["PKCS11_PIN"], label
    )
    return _replace(agency, Issued(certificate, b""), "token", label, by)


def _replace(agency: Agency, issued: Issued, origin: str, label: str, by: User | None) -> SealCertificate:
    now = clock.now()
    if certificates.told(issued.certificate).ends <= now:
        raise CertificateRefused("expired")
    old = update(SealCertificate).where(SealCertificate.agency_id == agency.id, SealCertificate.retired_at.is_(None))
    db.session.execute(old.values(retired_at=now))
    row = _keep(issued, agency, origin, label)
    journal.record(
        "seal-taken", by=by, subject=f"agency:{agency.id}", details={"origin": origin, "until": row.ends_at.isoformat()}
    )
    return row


# --- looking after them -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """A body and the certificate with which it seals; `state`: good, soon (ends within 30 days), over, none."""

    agency: Agency
    certificate: SealCertificate | None
    state: str


def held() -> list[Held]:
    """Every body with its certificate, by name; two statements."""
    query = select(SealCertificate).where(SealCertificate.agency_id.is_not(None), SealCertificate.retired_at.is_(None))
    known = {row.agency_id: row for row in db.session.scalars(query.order_by(SealCertificate.id))}
    return [Held(agency, known.get(agency.id), _state(known.get(agency.id))) for agency in bodies()]


def _state(row: SealCertificate | None) -> str:
    if row is None:
        return "none"
    now = clock.now()
    return "over" if row.ends_at <= now else "soon" if row.ends_at <= now + SOON else "good"


__all__ = [
    "CertificateRefused", "Held", "Seal", "SealMissing", "TokenUnavailable", "bodies", "body_of", "current", "held", "roots",
    "seal_for", "seal_of", "settle", "take_file", "take_token",
]  # fmt: skip
