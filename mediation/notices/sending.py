"""The worker's side of a notice: mail goes to the server or a folder, text messages to the gateway's folder; each once."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import force_locale
from jinja2 import TemplateError
from sqlalchemy.exc import NoResultFound

from mediation import clock, journal, queues
from mediation.extensions import command, db
from mediation.models import Notice
from mediation.releases import definition_of
from mediation.requests import language

log = logging.getLogger("mediation.notices")

BATCH = 50
LEASE = timedelta(minutes=2)
ATTEMPTS = 6

# Links that must not lie in the database are made when the notice is written: template -> path below the public address.
LINKS: dict[str, Callable[[Notice], str]] = {}


def writes_link(template: str) -> Callable[[Callable[[Notice], str]], Callable[[Notice], str]]:
    """Register the function that makes the link of a template."""

    def register(function: Callable[[Notice], str]) -> Callable[[Notice], str]:
        LINKS[template] = function
        return function

    return register


def send_due() -> int:
    """Send what is due; returns how many went out. Letters wait for a person to hand them over."""
    sent_by_us = Notice.status == "queued", Notice.channel.in_(("mail", "sms"))
    return sum(_send(notice_id) for notice_id in queues.lease(Notice, *sent_by_us, batch=BATCH, wait=_wait))


def _wait(attempts: int) -> timedelta:
    """Each failure doubles the wait before the next try."""
    return LEASE * 2 ** (attempts - 1)


def _send(notice_id: int) -> bool:
    notice = db.session.get(Notice, notice_id)
    if notice is None or notice.status != "queued":
        return False
    channel, attempts, case_id = notice.channel, notice.attempts, notice.case_id
    try:
        address, words = address_of(notice), words_of(notice)
    except (TemplateError, LookupError, NoResultFound) as error:  # its words cannot be found: the others still go out
        log.error("notice has no words", extra={"notice": notice_id})
        db.session.rollback()
        return _finish(notice_id, case_id, "failed", type(error).__name__)
    db.session.rollback()  # nothing is held open while a server is asked
    if not address:
        return _finish(notice_id, case_id, "failed", "no address")
    try:
        _post(channel, address, words, notice_id)
    except (OSError, smtplib.SMTPException, ValueError) as error:  # ValueError: an address that no header may hold
        log.warning("notice not sent", extra={"notice": notice_id})
        return _finish(notice_id, case_id, "failed", type(error).__name__) if attempts >= ATTEMPTS else False
    return _finish(notice_id, case_id, "sent", "")


def _finish(notice_id: int, case_id: int | None, status: str, failure: str) -> bool:
    with command():
        notice = db.session.get_one(Notice, notice_id)
        if notice.status != "queued":
            return False
        notice.status, notice.failure = status, failure
        notice.sent_at = clock.now() if status == "sent" else None
        if status == "failed":
            _write_letter(notice)
        journal.record(
            f"notice-{status}", case_id=case_id or journal.HOUSE, actor="worker", subject=f"notice:{notice_id}"
        )
    return status == "sent"


def _write_letter(notice: Notice) -> None:
    """A party that no text message reaches is told on paper; a one-time password is not worth a letter."""
    if notice.channel != "sms" or notice.template in LINKS:
        return
    if notice.member is not None:
        notice.member.told_at = None  # stands again on the list of those to be told by hand
        return
    db.session.add(Notice(
        case_id=notice.case_id, task_id=notice.task_id, party_id=notice.party_id, paper_id=notice.paper_id,
        channel="letter", template=notice.template, details=notice.details, created_at=clock.now(), try_after=clock.now(),
    ))  # fmt: skip


def address_of(notice: Notice) -> str:
    """Where the notice goes, read now: a corrected number is the one that is used."""
    if notice.channel == "mail":
        return notice.user.email if notice.user else ""
    reached = notice.party or notice.member
    return reached.phone if reached else ""


def words_of(notice: Notice) -> tuple[str, str]:
    """Subject and text in the recipient's language."""
    code = "en" if notice.user and notice.user.language == "en" else "zh_CN"
    with force_locale(code):
        link = LINKS[notice.template](notice) if notice.template in LINKS else ""
        template = current_app.jinja_env.get_template(f"mails/{notice.template}.txt")
        text = template.render(notice=notice, case=notice.case, url=_url(), link=link, **_details(notice))
    subject, _, body = text.strip().partition("\n")
    return subject.strip(), body.strip() + "\n"


def _details(notice: Notice) -> dict[str, object]:
    told = {key: value for key, value in notice.details.items() if key not in ("notice", "case", "url", "link")}
    if language() == "en" and told.get("step"):
        told["step"] = told.get("step_en") or _step_in_english(notice, str(told["step"]))
    return told


def _step_in_english(notice: Notice, name: str) -> str:
    """What the flow, or its table of clocks, calls it in English; the name that was written down where it does not."""
    if notice.task is not None:
        texts = _english(notice.task.process.release_hash, "processes", notice.task.process_key)
        return str(texts.get("elements", {}).get(notice.task.element_id, {}).get("name") or name)
    clocks = _english(notice.case.release_hash, "decisions", "clocks") if notice.case else {}
    return str(clocks.get("values", {}).get(name, name))


def _english(release_hash: str, what: str, key: str) -> Mapping[str, Any]:
    """What a release says in English of one of its processes or decisions."""
    return definition_of(release_hash).translations.get("en", {}).get(what, {}).get(key, {})


def _url() -> str:
    settings = current_app.config
    return settings["PUBLIC_URL"].rstrip("/") or f"http://{settings['HOST']}:{settings['PORT']}"


def _post(channel: str, address: str, words: tuple[str, str], notice_id: int) -> None:
    if channel == "mail" and current_app.config["SMTP"]:
        with _server() as server:
            server.send_message(_message(address, words, notice_id))
        return
    _write_down(channel, address, words, notice_id)


@contextmanager
def _server() -> Iterator[smtplib.SMTP]:
    settings = current_app.config
    host, _, port = settings["SMTP"].partition(":")
    with smtplib.SMTP(host, int(port or 25), timeout=20) as server:
        if server.has_extn("starttls"):
            server.starttls()
        if settings["SMTP_USER"]:
            server.login(settings["SMTP_USER"], settings["SMTP_PASSWORD"])
        yield server


def _message(address: str, words: tuple[str, str], notice_id: int) -> EmailMessage:
    message = EmailMessage()
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = address
    message["Subject"] = words[0]
    # The same notice sent again after a crash keeps its identity, so that a mail server can drop the second.
    message["Message-ID"] = f"<notice-{notice_id}@{current_app.config['MAIL_FROM'].rpartition('@')[2]}>"
    message.set_content(words[1])
    return message


def _write_down(channel: str, address: str, words: tuple[str, str], notice_id: int) -> None:
    """Without a gateway: one file a message; the name carries the notice, so that a second try overwrites the first."""
    folder = Path(current_app.config["OUTBOX"])
    folder.mkdir(parents=True, exist_ok=True)
    text = f"{channel}\t{address}\n{words[0]}\n\n{words[1]}"
    (folder / f"{channel}-{notice_id:08d}.txt").write_text(text, encoding="utf-8")
