"""Passwords: Argon2 hashes, rules that help rather than annoy, one-time links, and a brake on guessing."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from flask_babel import gettext
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import func, select

from mediation import clock, crypto
from mediation.extensions import db
from mediation.models import PasswordReset, SignInAttempt, User

SHORTEST = 10
LONGEST = 200
LINK_LIVES = timedelta(hours=2)

# Counted by account and origin together: whoever guesses from elsewhere only stops himself.
WINDOW = timedelta(minutes=15)
TRIES_PER_ORIGIN_AND_SUBJECT = 6
TRIES_PER_ORIGIN = 60
ACCOUNTS_OF_A_BROWSER = 5

_COMMON = frozenset({
    "password12", "password123", "1234567890", "12345678910", "qwertyuiop", "0123456789", "a123456789", "1q2w3e4r5t",
    "woaini1314", "woaini520520", "iloveyou123", "administrator", "admin12345", "letmein1234", "5201314520",
})  # fmt: skip


class PasswordRefused(Exception):
    """A new password that is not good enough; the message says why, in the person's language."""


@lru_cache(maxsize=2)
def _hasher(cheap: bool) -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1) if cheap else PasswordHasher()


def hasher() -> PasswordHasher:
    """Argon2id with the library's parameters; the tests use the cheapest ones."""
    return _hasher(bool(current_app.config.get("CHEAP_PASSWORDS")))


def check_rules(password: str, login: str) -> None:
    """Length and the obvious only: long sentences are welcome, forced digits and signs make passwords worse."""
    if len(password) < SHORTEST:
        raise PasswordRefused(gettext("At least %(number)s characters, please.", number=SHORTEST))
    if len(password) > LONGEST:
        raise PasswordRefused(gettext("At most %(number)s characters, please.", number=LONGEST))
    if password.lower() in _COMMON or len(set(password)) < 4:
        raise PasswordRefused(gettext("This password is one that everybody tries first."))
    if login.lower() in password.lower():
        raise PasswordRefused(gettext("The password must not contain the account's name."))


def set_password(user: User, password: str) -> None:
    """Give the account a password and end all its sessions; raises PasswordRefused."""
    check_rules(password, user.login)
    user.password_hash = hasher().hash(password)
    user.must_change_password = False
    user.session_version += 1


def matches(user: User | None, password: str) -> bool:
    """Whether the password is the account's; takes as long for an account that does not exist."""
    stored = user.password_hash if user is not None else _nobody()
    try:
        return hasher().verify(stored, password) and user is not None and user.active
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobody() -> str:
    return hasher().hash("nobody has this password")


# --- the brake --------------------------------------------------------------------------------------------------------


def must_wait(subject: str, address: str) -> bool:
    """Whether this origin has failed too often, with this account or with any."""
    since = clock.now() - WINDOW
    origin = crypto.keyed_hash(address, "origin")
    recent = (
        select(func.count()).select_from(SignInAttempt).where(SignInAttempt.origin == origin, SignInAttempt.at > since)
    )
    if (db.session.scalar(recent) or 0) >= TRIES_PER_ORIGIN:
        return True
    same = recent.where(SignInAttempt.subject == crypto.keyed_hash(subject, "subject"))
    return (db.session.scalar(same) or 0) >= TRIES_PER_ORIGIN_AND_SUBJECT


def note_failure(subject: str, address: str) -> None:
    """Count a failed attempt."""
    db.session.add(SignInAttempt(
        subject=crypto.keyed_hash(subject, "subject"), origin=crypto.keyed_hash(address, "origin"), at=clock.now(),
    ))  # fmt: skip


# --- browsers that are known ------------------------------------------------------------------------------------------


def known_browser(cookie: str | None, login: str) -> str | None:
    """The mark of a browser in which this account has signed in before, from the cookie it was given then.

    Its failures are counted by the mark and not by the address: a colleague behind the same address who guesses at the
    account does not lock its owner out.
    """
    mark = _marks(cookie).get(_short(login))
    return f"browser {mark}" if mark else None


def remember_browser(cookie: str | None, login: str) -> str:
    """The cookie after this account has signed in: with a mark for it, and those of up to four others."""
    marks = _marks(cookie)
    mark = marks.pop(_short(login), None) or secrets.token_hex(16)
    kept = list(marks.items())[-(ACCOUNTS_OF_A_BROWSER - 1) :]
    return _serializer().dumps(dict([*kept, (_short(login), mark)]))


def _marks(cookie: str | None) -> dict[str, str]:
    try:
        found = _serializer().loads(cookie or "")
    except BadSignature:
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _short(login: str) -> str:
    return crypto.keyed_hash(login, "browser")[:16]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="known browsers")


# --- one-time links ---------------------------------------------------------------------------------------------------


def new_link(user: User) -> PasswordReset:
    """A link for a new password, valid once and for two hours. Only a hash of its token is kept."""
    now = clock.now()
    reset = PasswordReset(user_id=user.id, token_hash=crypto.new_code(32), created_at=now, expires_at=now + LINK_LIVES)
    db.session.add(reset)
    db.session.flush()
    reset.token_hash = _digest(token_of(reset))
    return reset


def token_of(reset: PasswordReset) -> str:
    """The token of a link, made again from the house's key: the mail that carries it is written when it is sent."""
    message = f"password reset {reset.id} {reset.user_id} {reset.created_at.isoformat()}"
    return hmac.new(current_app.config["SECRET_KEY"].encode(), message.encode(), hashlib.sha256).hexdigest()


def open_link(token: str) -> PasswordReset | None:
    """The link that this token belongs to, while it can be used."""
    query = select(PasswordReset).where(PasswordReset.token_hash == _digest(token)).with_for_update()
    reset = db.session.scalar(query)
    if reset is None or reset.used_at is not None or reset.expires_at <= clock.now() or not reset.user.active:
        return None
    return reset


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
