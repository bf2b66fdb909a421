"""Electronic archives from the shell: carry cases out of one house and into another."""

from __future__ import annotations

import getpass
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import or_, select

from documents.archive import ArchiveRefused, fingerprint, unpack
from mediation import journal
from mediation.dossiers import archives, queries
from mediation.dossiers.archives import ImportRefused
from mediation.extensions import command, db
from mediation.models import Case

archive = AppGroup("archive", help="Electronic archives of cases: export, import, look into.")

_REFUSALS = {
    "unreadable": "It is no zip, or damaged.",
    "name": "A file in it has a name that no archive has: {about}",
    "link": "A file in it is a link: {about}",
    "locked": "A file in it is locked with a password: {about}",
    "too-large": "It holds more than an archive may.",
    "doubled": "A file is in it twice: {about}",
    "format": "Its manifest is not one that this program reads.",
    "signature": "Its manifest was changed after it was signed, or is not signed.",
    "missing": "A file of it is missing: {about}",
    "unknown": "A file in it is not in its manifest: {about}",
    "changed": "A file in it was changed: {about}",
    "known": "The case is here already: {about}",
    "stranger": "Nobody here vouches for who signed it. Ask the body for the fingerprint of its certificate, and if it is\n"
    "  {about}\ngive it with --fingerprint; or name the certificates that vouch for it with --trust.",
    "agency": "There is no agency {about} here: say with --agency who keeps it.",
    "incomplete": "It tells too little of its case.",
}


@archive.command("export")
@click.argument("case")
@click.option("--out", type=click.Path(path_type=Path), help="Where to write it; else CODE.zip in this folder.")
def export_case(case: str, out: Path | None) -> None:
    """Write the archive of the latest sealed dossier of CASE (its code or number)."""
    found = db.session.scalar(select(Case).where(or_(Case.code == case.upper(), Case.number == case)))
    if found is None:
        raise click.ClickException(f"There is no case {case}.")
    dossier = queries.latest(found)
    if dossier is None:
        raise click.ClickException("This case has no sealed dossier yet: make one on its page.")
    content, target = archives.export(dossier), out or Path(f"{found.code}.zip")
    journal.note_read("archive-exported", case_id=found.id, actor=_who(), subject=f"dossier:{dossier.id}")
    target.write_bytes(content)
    click.echo(f"{target}: {len(content):,} bytes, dossier {dossier.ordinal} of {found.display_number}")


@archive.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--agency", default="", help="Key of the agency that keeps them here; else that of the case.")
@click.option(
    "--fingerprint", "known", default="", help="Fingerprint of the signer's certificate, as the body told it."
)
@click.option(
    "--trust",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificates (PEM) that vouch for it.",
)
def import_files(files: tuple[Path, ...], agency: str, known: str, trust: Path | None) -> None:
    """Take archives in, each checked first and taken whole or not at all."""
    trusted, refused = _certificates(trust), 0
    for file in files:
        try:
            with command():
                row = archives.bring(file.read_bytes(), trusted=trusted, known=known, agency=agency, by=_who())
                told = f"{row.number}  {row.title}  ({row.agency.key})"
        except (ArchiveRefused, ImportRefused) as error:
            refused += 1
            about = error.path if isinstance(error, ArchiveRefused) else error.about
            click.echo(f"{file}: {_REFUSALS[error.code].format(about=about)}", err=True)
        else:
            click.echo(f"{file}: {told}")
    if refused:
        raise SystemExit(1)


@archive.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_file(file: Path) -> None:
    """Say whether FILE is an archive whose files and signature fit, and who signed it. Nothing is kept."""
    try:
        found = unpack(file.read_bytes())
    except ArchiveRefused as error:
        raise click.ClickException(_REFUSALS[error.code].format(about=error.path)) from error
    click.echo(f"{found.told['number']}  {found.told.get('title', '')}\n{len(found.files)} files, none changed")
    click.echo(f"signed by {found.told['body']}\nfingerprint {fingerprint(found.certificate)}")


def _certificates(file: Path | None) -> list[bytes]:
    text, end = file.read_bytes() if file else b"", b"-----END CERTIFICATE-----"
    return [part.lstrip() + end + b"\n" for part in text.split(end)[:-1]]


def _who() -> str:
    return f"{getpass.getuser()} (command line)"[:60]
