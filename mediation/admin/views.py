"""The administration's first page: what may be looked at and changed, with what needs attention."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, render_template, url_for
from flask_babel import gettext as _

from mediation.access import roles
from mediation.admin import calendar, flows, house, incidents, people, queries, rooms, studios  # noqa: F401 - their pages hang on the same blueprint
from mediation.admin.blueprint import bp
from mediation.admin.editor import draft_views, file_views, word_views  # noqa: F401 - and theirs
from mediation.requests import person


@dataclass(frozen=True)
class Card:
    """A way into one part of the administration."""

    title: str
    text: str
    url: str
    icon: str
    count: int | None = None  # what needs attention


@bp.get("/admin")
@roles("system_admin", "flow_admin")
def index() -> str:
    """Cards for what this person may administer."""
    user = person()
    cards: list[Card] = []
    if user.holds("system_admin"):
        cards += _system_cards()
    if user.holds("flow_admin"):
        cards += _flow_cards()
    cards.append(_incidents_card())
    return render_template("admin/index.html", cards=cards)


def _system_cards() -> list[Card]:
    cards = [
        Card(_("Accounts"), _("Who works here, in which role and agency."), url_for("admin.users"), "users"),
        Card(_("Agencies"), _("The centre, committees, courts and others that cases go to."), url_for("admin.agencies"), "building"),
        Card(_("Rooms and interpreters"), _("Rooms that can be booked for meetings, and who interprets."), url_for("admin.rooms"), "door"),
        Card(_("Holidays"), _("Days off and made-up working days that periods are counted by."), url_for("admin.holidays"), "calendar"),
        Card(_("Seals"), _("Whose seal papers bear, and until when its certificate is good."),
             url_for("signing.seal_list"), "rubber-stamp"),
        Card(_("Rules to confirm"), _("Rules of law that stay off until somebody has read their text."), url_for("admin.rules"), "scale"),
        Card(_("State of the house"), _("Libraries, database, scheduler, settings, journal."), url_for("admin.system"), "server"),
    ]  # fmt: skip
    if current_app.config["MODE"] == "demo":
        told = _("Mails and text messages that this demonstration has written.")
        cards.append(Card(_("Outbox"), told, url_for("admin.outbox"), "mail"))
    return cards


def _flow_cards() -> list[Card]:
    return [
        Card(_("Flows"), _("Every flow with its steps, forms and deadlines."), url_for("admin.flow_list"), "sitemap"),
        Card(
            _("Releases"), _("Which flows, forms and papers new cases follow."), url_for("admin.releases"), "git-branch"
        ),
        Card(_("Drafts"), _("Change flows, decisions and forms, and publish them."), url_for("admin.drafts"), "pencil"),
    ]


def _incidents_card() -> Card:
    told = _("Steps that could not be taken and wait for an administrator.")
    return Card(_("Incidents"), told, url_for("admin.incident_list"), "alert-triangle", queries.open_incidents())
