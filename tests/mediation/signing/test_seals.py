"""Certificates of the bodies: made in the demonstration, brought in production, looked after by administrators."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import load_pem_x509_certificate
from sqlalchemy import select, text

from documents.certificates import new_body, new_root
from documents.sealing import verify
from mediation import doctor
from mediation.extensions import command, db
from mediation.models import SealCertificate
from mediation.papers.operations import issue
from mediation.papers.rendering import render_due
from mediation.signing import seals
from mediation.signing.working import seal_due
from tests.mediation.signing.conftest import content

pytestmark = pytest.mark.once


def pfx(name: str, at, passphrase: str = "open sesame") -> bytes:
    made = new_body(name, new_root("某市电子认证机构", at), at)
    key = serialization.load_pem_private_key(made.key, None)
    above = [load_pem_x509_certificate(one) for one in made.chain]
    secret = serialization.BestAvailableEncryption(passphrase.encode())
    return pkcs12.serialize_key_and_certificates(b"x", key, load_pem_x509_certificate(made.certificate), above, secret)


@pytest.fixture
def production(app):
    app.config["MODE"] = "production"
    yield
    app.config["MODE"] = "demo"


def test_the_demonstration_makes_its_own_once(house):
    for _ in range(2):
        with command():
            seals.settle()
    names = list(db.session.scalars(select(SealCertificate.name).order_by(SealCertificate.id)))
    assert names == [seals.ROOT_NAME, "青禾区人民调解委员会", "青禾区综治中心"]


def test_keys_lie_in_the_database_encrypted(house):
    with command():
        seals.settle()
    for stored in db.session.execute(text("SELECT key FROM seal_certificate")).scalars():
        assert "PRIVATE KEY" not in stored


def test_production_makes_none(house, production):
    with command():
        seals.settle()
    assert db.session.scalar(select(SealCertificate.id)) is None
    finding = next(one for one in doctor.examine("en") if one.name == "seals")
    assert (finding.good, finding.fatal, "青禾区综治中心: no certificate" in finding.message) == (False, False, True)


def test_the_doctor_says_when_a_certificate_ends(house, clock):
    with command():
        seals.settle()
    clock.set_clock(clock.now() + timedelta(days=3 * 365 - 10))
    assert "ends within 30 days" in next(one for one in doctor.examine("en") if one.name == "seals").message
    clock.set_clock(clock.now() + timedelta(days=30))
    assert "has run out" in next(one for one in doctor.examine("en") if one.name == "seals").message


def take(person, agency, file, passphrase="open sesame", status=200):
    person.get("/admin/seals")
    sent = {"file": (io.BytesIO(file), "seal.p12"), "passphrase": passphrase}
    person.post(f"/admin/seals/{agency.id}", sent, status=status)


def test_an_administrator_takes_in_a_certificate_and_papers_bear_it(mediating, house, production, sign_in, app, clock):
    person = sign_in("system_admin")
    take(person, house.agencies["committee"], pfx("青禾区人民调解委员会", clock.now()))
    assert "某市电子认证机构" in person.text()
    app.config["SEAL_LETTERS"] = True
    with command():
        paper = issue(mediating.case, "acceptance_notice", by=house.users["mediator"], to="applicant")[0]
    render_due()
    app.config["SEAL_LETTERS"] = False
    seal_due()
    db.session.expire_all()
    assert verify(content(paper.sha256), seals.roots(), at=clock.now()).sealed


@pytest.mark.parametrize(("file", "passphrase"), [(None, "wrong"), (b"rubbish", "open sesame"), (b"", "open sesame")])
def test_a_file_that_does_not_open_changes_nothing(house, sign_in, clock, file, passphrase):
    content_ = pfx("青禾区综治中心", clock.now()) if file is None else file
    take(sign_in("system_admin"), house.agencies["centre"], content_, passphrase, status=422)
    assert db.session.scalar(select(SealCertificate.id)) is None


def test_a_certificate_that_has_run_out_is_not_taken(house, sign_in, clock):
    old = pfx("青禾区综治中心", clock.now() - timedelta(days=4 * 365))
    take(sign_in("system_admin"), house.agencies["centre"], old, status=422)


def test_a_new_certificate_retires_the_old_one_and_old_seals_stay_good(house, sign_in, clock):
    with command():
        seals.settle()
    take(sign_in("system_admin"), house.agencies["centre"], pfx("青禾区综治中心", clock.now()))
    found = seals.current(house.agencies["centre"])
    assert (found.origin, len(seals.roots())) == ("file", 2)


def test_only_system_administrators_see_the_seals(house, sign_in):
    for login in ("mediator", "director", "flow_admin"):
        sign_in(login).get("/admin/seals", status=403)


def test_the_page_shows_each_seal_as_a_picture(house, sign_in):
    with command():
        seals.settle()
    person = sign_in("system_admin")
    person.get("/admin/seals")
    for picture in person.page.select("img.seal-picture"):
        assert person.client.get(picture["src"]).data.startswith(b"\x89PNG")


def test_the_shell_imports_a_certificate_with_the_passphrase_of_the_configuration(app, house, clock, tmp_path):
    (tmp_path / "seal.p12").write_bytes(pfx("青禾区综治中心", clock.now()))
    app.config["SEAL_PASSPHRASE"] = "open sesame"
    from mediation.commands.sealing import seal

    done = app.test_cli_runner().invoke(seal, ["import", "centre", str(tmp_path / "seal.p12")])
    app.config["SEAL_PASSPHRASE"] = ""
    assert (done.exit_code, "青禾区综治中心 seals with" in done.output) == (0, True), done.output
    refused = app.test_cli_runner().invoke(seal, ["import", "centre", str(tmp_path / "seal.p12")])
    assert (refused.exit_code, "MEDIATION_SEAL_PASSPHRASE" in refused.output) == (1, True)
    assert "centre" in app.test_cli_runner().invoke(seal, ["list"]).output


def test_a_token_that_is_not_configured_says_so(app, house):
    from mediation.commands.sealing import seal

    done = app.test_cli_runner().invoke(seal, ["token", "centre", "--label", "seal"])
    assert (done.exit_code, "MEDIATION_PKCS11_MODULE" in done.output) == (1, True)
