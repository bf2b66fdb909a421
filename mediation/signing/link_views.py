"""What a signer sees: the paper, a field to sign in, and a word of thanks. The link is all the key there is."""

from __future__ import annotations

import re

from flask import Response, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.utils import redirect

from mediation.access import public
from mediation.extensions import db
from mediation.models import SigningLink
from mediation.papers.operations import layouts_of
from mediation.papers.views import pdf_response
from mediation.requests import language
from mediation.signing import ink, operations
from mediation.signing.blueprint import Page, bp

# What a browser says of itself, in two words: more would say more of the person than of the signature.
_SYSTEMS = ("HarmonyOS", "OpenHarmony", "Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")
_BROWSERS = ("MicroMessenger", "Edg", "HuaweiBrowser", "Firefox", "Chrome", "Safari")


@bp.route("/sign/<token>", methods=["GET", "POST"])
@public
def sign(token: str) -> Page:
    """The field to sign in, once and within minutes."""
    link = operations.open_link(token)
    if link is None:
        return _gone()
    if request.method == "GET":
        return _field(link, token)
    if not request.form.get("read"):
        return _field(link, token, _("Please say that you have read the paper, or that it was read to you.")), 422
    try:
        drawn = ink.clean(request.form.get("ink", ""))
    except ink.InkRefused as refused:
        return _field(link, token, str(refused)), 422
    if operations.give(token, drawn, device()) is None:
        db.session.rollback()
        return _gone()
    db.session.commit()
    return redirect(url_for("signing.thanks"), 303)


def _field(link: SigningLink, token: str, message: str = "") -> str:
    paper = link.hand.paper
    name = layouts_of(paper.release_hash).kind(paper.kind).name[language()]
    return render_template(
        "signing/sign.html", link=link, hand=link.hand, paper=paper, token=token, name=name, message=message
    )


def _gone() -> tuple[str, int]:
    return render_template("signing/gone.html"), 404


@bp.get("/sign/<token>/paper.pdf")
@public
def paper_to_sign(token: str) -> Response | tuple[str, int]:
    """The paper itself, for whoever is about to sign it."""
    link = operations.open_link(token)
    return _gone() if link is None else pdf_response(link.hand.paper)


@bp.get("/signed")
@public
def thanks() -> str:
    """It is done; nothing of the paper is on this page."""
    return render_template("signing/thanks.html", table=session.get("signing-table"))


def device() -> str:
    """The kind of device and browser, in two words."""
    told = request.user_agent.string
    found = [next((name for name in names if name in told), "") for names in (_BROWSERS, _SYSTEMS)]
    return re.sub(r"\s+", " ", " · ".join(word for word in found if word)) or "?"
