"""Archives leave one house and come into another: read-only there, unchanged or not at all."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from sqlalchemy import select

from documents.archive import ArchiveRefused, unpack
from documents.certificates import new_root
from mediation import clock as wall
from mediation.dossiers import archives
from mediation.dossiers.archives import ImportRefused, bring
from mediation.extensions import command, db
from mediation.models import Agency, ArchivedCase, Case, Entry, StoredFile
from mediation.signing import seals
from tests import kept
from tests.house import build_house
from tests.person import Person


@pytest.fixture
def packed(bound) -> tuple[bytes, bytes, str]:
    """The archive of a case, the root that vouches for it, and the fingerprint of who signed it."""
    content = archives.export(bound())
    return content, seals.roots()[0], archives.fingerprint(unpack(content).certificate)


@pytest.fixture
def elsewhere(packed, app) -> tuple[bytes, bytes, str]:
    """The same archive, in front of a house in which there is nothing at all."""
    kept.empty()
    return packed


def take(content: bytes, trusted=(), known: str = "", agency: str = "") -> ArchivedCase:
    with command():
        return bring(content, trusted=list(trusted), known=known, agency=agency, by="tester")


def changed(content: bytes, **files: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(kept, "w") as new:
        for name in old.namelist():
            new.writestr(name, files.get(name, old.read(name)))
    return kept.getvalue()


def test_an_archive_holds_the_dossier_papers_originals_and_what_is_told(packed):
    found = unpack(packed[0])
    told = json.loads(found.contents["metadata.json"])
    assert [len(found.of(what)) > 0 for what in ("dossier", "paper", "original")] == [True] * 3
    assert (told["case"]["release"], [one["name"] for one in told["parties"]]) == (
        found.told["release"],
        ["王建国", "李秀兰"],
    )
    assert told["agreement"]["terms"]
    assert {"at", "who", "what"} == set(json.loads(found.contents["journal.json"])[0])


def test_an_empty_house_takes_it_in_and_shows_it(elsewhere, app):
    content, root, _mark = elsewhere
    row = take(content, [root])
    assert (row.agency.key, row.body) == ("centre", "青禾区人民调解委员会")
    house = _opened(app)
    page = Person(app, house.users["clerk"])
    page.get(f"/archives/{row.id}")
    for words in ("王建国", "李秀兰", "人民调解协议书", "漏水照片.jpg", "赔偿", "¥ 12,000.00", "6. 证据材料"):
        assert words in page.text()


def _opened(app):
    """The clerks come: the agency that the archive brought is their centre."""
    with command():
        db.session.scalars(select(Agency)).one().key = "centre-of-the-archive"
    house = build_house()
    with command():
        row = db.session.scalars(select(ArchivedCase)).one()
        row.agency_id = house.agencies["centre"].id
    return house


def test_what_comes_in_goes_out_again_byte_for_byte(elsewhere):
    content, root, _mark = elsewhere
    assert archives.export(take(content, [root])) == content


def test_every_file_can_be_fetched_and_that_is_written_down(elsewhere, app):
    row = take(elsewhere[0], [elsewhere[1]])
    person = Person(app, _opened(app).users["director"])
    for file in db.session.get_one(ArchivedCase, row.id).files:
        person.get(f"/archives/{row.id}/files/{file.ordinal}")
        assert person.response.headers["X-Content-Type-Options"] == "nosniff"
    seen = select(Entry.details).where(Entry.action == "archive-downloaded")
    assert {"path": "dossier.pdf"} in list(db.session.scalars(seen))


@pytest.mark.parametrize("login", ["mediator", "court", "flow_admin"])
def test_who_keeps_no_archives_sees_none(elsewhere, app, login):
    row = take(elsewhere[0], [elsewhere[1]])
    person = Person(app, _opened(app).users[login])
    status = 403 if login == "flow_admin" else 404
    person.get(f"/archives/{row.id}", status=status)
    person.get(f"/archives/{row.id}/files/1", status=status)
    person.get(f"/archives/{row.id}.zip", status=status)


def test_a_fingerprint_that_somebody_compared_will_do(elsewhere):
    assert take(elsewhere[0], known=elsewhere[2].lower()).fingerprint == elsewhere[2]


# --- refused, and then nothing is kept ----------------------------------------------------------------------------------


def refusal(content: bytes, **options) -> tuple[str, str]:
    with pytest.raises(ImportRefused) as found:
        take(content, **options)
    db.session.rollback()
    assert db.session.scalar(select(ArchivedCase.id)) is None
    return found.value.code, found.value.about


def test_a_stranger_is_refused_with_the_fingerprint_to_ask_for(elsewhere):
    other = new_root("别人", wall.now()).certificate
    assert refusal(elsewhere[0], trusted=[other]) == ("stranger", elsewhere[2])


def test_a_case_that_lives_here_is_refused(packed):
    assert refusal(packed[0])[0] == "known"


def test_the_same_archive_is_taken_once(elsewhere):
    take(elsewhere[0], [elsewhere[1]])
    with pytest.raises(ImportRefused, match="known"):
        take(elsewhere[0], [elsewhere[1]])


def test_who_keeps_it_must_be_said_where_others_live(elsewhere, app):
    with command():
        db.session.add(Agency(key="other", name="别的中心", kind="centre"))
    assert refusal(elsewhere[0], trusted=[elsewhere[1]]) == ("agency", "centre")
    assert take(elsewhere[0], [elsewhere[1]], agency="other").agency.name == "别的中心"


@pytest.mark.parametrize("path", ["dossier.pdf", "metadata.json", "journal.json", "manifest.json"])
def test_a_changed_file_is_refused(elsewhere, path):
    content = elsewhere[0]
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        tampered = opened.read(path).replace(b"1", b"2")
    before = db.session.query(StoredFile).count()
    with pytest.raises(ArchiveRefused):
        take(changed(content, **{path: tampered}), [elsewhere[1]])
    assert db.session.query(StoredFile).count() == before


# --- the shell ----------------------------------------------------------------------------------------------------------


def test_the_shell_carries_a_case_from_one_house_to_another(bound, app, tmp_path):
    code, root = bound().case.code, tmp_path / "roots.pem"
    root.write_bytes(seals.roots()[0])
    run = app.test_cli_runner()
    from mediation.commands.archives import archive

    out = tmp_path / "case.zip"
    assert f"dossier 1 of {db.session.scalars(select(Case)).one().display_number}" in _run(
        run, archive, "export", code, "--out", str(out)
    )
    assert "none changed" in _run(run, archive, "check", str(out))
    assert "here already" in _run(run, archive, "import", str(out), code=1)
    kept.empty()
    assert "--fingerprint" in _run(run, archive, "import", str(out), code=1)
    assert "centre" in _run(run, archive, "import", str(out), "--trust", str(root))


def _run(runner, group, *arguments: str, code: int = 0) -> str:
    done = runner.invoke(group, list(arguments))
    assert done.exit_code == code, done.output
    return done.output
