"""The page where anybody can check a paper: by its code, by its file, without seeing a word of what it says."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from mediation import clock
from mediation.access import public
from mediation.extensions import db
from mediation.papers.operations import layouts_of
from mediation.requests import language
from mediation.signing import verifying
from mediation.signing.blueprint import Page, bp
from mediation.signing.verifying import Answer, Brake

# An office that checks a pile of papers is not stopped; a program that tries codes is.
LOOKS = Brake(120, timedelta(minutes=10))
# Opening a file takes the machine a second.
OPENINGS = Brake(12, timedelta(minutes=10))


@bp.route("/verify", methods=["GET", "POST"])
@public
def verify() -> Page:
    """Ask for a code or a file; a code that was typed leads to its page, a file is looked at and not kept."""
    if request.method == "POST":
        return _file()
    code = verifying.spelled(request.args.get("code", ""))
    if code:
        return redirect(url_for("signing.by_code", code=code[:24]))
    return render_template("signing/verify.html", answer=None)


@bp.get("/verify/<code>")
@public
def by_code(code: str) -> Page:
    """The paper of this code: genuine, superseded, withdrawn, not as printed, or unknown."""
    if not LOOKS.asks(_origin()):
        return _too_often()
    return _told(verifying.by_code(code, request.args.get("p")))


@bp.get("/verify/file/<digest>")
@public
def by_hash(digest: str) -> Page:
    """The paper whose file has this SHA-256; the browser computed it, the file never left it."""
    if not LOOKS.asks(_origin()):
        return _too_often()
    return _told(verifying.by_hash(digest.lower()[:64]), by_file=True)


def _file() -> Page:
    """A file that was sent: known by its hash, else examined for what its signatures say."""
    if not OPENINGS.asks(_origin()):
        return _too_often()
    sent = request.files.get("file")
    content = sent.stream.read() if sent else b""
    if sent:
        sent.close()
    if not content:
        return render_template("signing/verify.html", answer=None, message=_("Please choose a file.")), 422
    known = verifying.by_hash(hashlib.sha256(content).hexdigest())
    if known.state != "unknown":
        return _told(known, by_file=True)
    roots, now = verifying.trusted(), clock.now()
    db.session.rollback()  # nothing is held open while a stranger's file is read
    found = verifying.by_file(content, roots, now)
    began = verifying.before_it_was_added_to(content, found.report) if found.report else None
    return _told(Answer(found.state, began, found.report), by_file=True)


def _told(answer: Answer, *, by_file: bool = False) -> Page:
    paper = answer.paper
    name = layouts_of(paper.release_hash).kind(paper.kind).name[language()] if paper else ""
    page = render_template("signing/verify.html", answer=answer, paper=paper, name=name, by_file=by_file)
    return (page, 404) if answer.state == "unknown" else page


def _too_often() -> Page:
    return render_template(
        "signing/verify.html", answer=None, message=_("That was asked too often from here. Please wait ten minutes.")
    ), 429


def _origin() -> str:
    return request.remote_addr or ""


@bp.get("/check")
@public
def old_question() -> Page:
    """Where papers of earlier years send their readers."""
    return redirect(url_for("signing.verify", **request.args.to_dict()), 301)


@bp.get("/check/<code>")
@public
def old_answer(code: str) -> Page:
    """The address in the QR codes of papers of earlier years."""
    return redirect(url_for("signing.by_code", code=code), 301)
