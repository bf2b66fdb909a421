"""The seals of the bodies from the shell: a certificate from a file or a token, and until when each is good."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from mediation import clock
from mediation.extensions import command, db
from mediation.models import Agency, SealCertificate
from mediation.signing import seals
from mediation.signing.seals import CertificateRefused, TokenUnavailable

seal = AppGroup("seal", help="Seals of the bodies and their certificates.")

_REFUSALS = {
    "unreadable": "The file does not open with the passphrase in MEDIATION_SEAL_PASSPHRASE.",
    "incomplete": "The file holds no certificate with its key.",
    "purpose": "This certificate is not meant for signing.",
    "expired": "This certificate has run out.",
    "no-token": "MEDIATION_PKCS11_MODULE names no library of a token.",
}


@seal.command("list")
def list_seals() -> None:
    """Every body, and until when its certificate is good."""
    for one in seals.held():
        until = f"until {clock.local(one.certificate.ends_at):%Y-%m-%d}" if one.certificate else "-"
        click.echo(f"{one.state:5}  {one.agency.key}  {one.agency.name}  {until}")


@seal.command("import")
@click.argument("agency")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_file(agency: str, file: Path) -> None:
    """Let AGENCY seal with the certificate of a PKCS#12 FILE; its passphrase stands in MEDIATION_SEAL_PASSPHRASE."""
    content, passphrase = file.read_bytes(), str(current_app.config["SEAL_PASSPHRASE"])
    _take(lambda: seals.take_file(_agency(agency), content, passphrase, by=None))


@seal.command("token")
@click.argument("agency")
@click.option("--label", required=True, help="What the key and its certificate are called on the token.")
def use_token(agency: str, label: str) -> None:
    """Let AGENCY seal with a key on the PKCS#11 token that the configuration names."""
    _take(lambda: seals.take_token(_agency(agency), label, by=None))


def _take(act: Callable[[], SealCertificate]) -> None:
    try:
        with command():
            row = act()
            body = row.agency.name if row.agency else ""
            told = f"{body} seals with {row.name}, until {clock.local(row.ends_at):%Y-%m-%d}."
    except CertificateRefused as refused:
        raise click.ClickException(_REFUSALS[refused.code]) from refused
    except TokenUnavailable as error:
        raise click.ClickException(f"The token cannot be reached: {error}") from error
    click.echo(told)


def _agency(key: str) -> Agency:
    found = db.session.scalar(select(Agency).where(Agency.key == key))
    if found is None:
        raise click.ClickException(f"There is no agency {key}.")
    return found
