"""Accounts: created, given roles, closed; passwords changed and forgotten. Each leaves its line in the journal."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask_babel import gettext
from sqlalchemy import or_, select

from mediation import clock, crypto, journal
from mediation.accounts import passwords
from mediation.extensions import db
from mediation.models import Agency, Membership, Notice, PasswordReset, Pool, User
from mediation.notices.operations import tell_user
from mediation.notices.sending import writes_link
from mediation.roles import role_keys

# Houses have mail servers in networks of their own, with names that no registry knows.
ADDRESS = re.compile(r"[^@\s<>,;]{1,60}@[^@\s<>,;]{1,59}\Z")
LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,59}\Z")


class AccountRefused(Exception):
    """An account that cannot be made or changed like this; the message says why."""


def create_user(*, login: str, name: str, email: str, roles: Iterable[tuple[str, str]], password: str | None, by: User | None,
                phone: str = "", name_en: str = "") -> User:  # fmt: skip
    """Create an account; `roles` are (role key, agency key). Without a password only a one-time link opens it."""
    login = login.strip().lower()
    if not LOGIN.match(login):
        raise AccountRefused(gettext("An account's name has 2 to 60 small letters, digits, dots or dashes."))
    if db.session.scalar(select(User.id).where(User.login == login)):
        raise AccountRefused(gettext("There is already an account named %(login)s.", login=login))
    if not name.strip():
        raise AccountRefused(gettext("The account needs a person's name."))
    user = User(login=login, name=name.strip(), name_en=name_en.strip(), email=_address(email), phone=phone.strip(),
                password_hash="!", created_at=clock.now())  # fmt: skip
    if password is not None:
        _set(user, password)
    db.session.add(user)
    db.session.flush()
    set_roles(user, roles, by=by)
    journal.record("account-created", by=by, subject=f"user:{user.id}", details={"login": login})
    return user


def _set(user: User, password: str) -> None:
    user.session_version = user.session_version or 0
    try:
        passwords.set_password(user, password)
    except passwords.PasswordRefused as refused:
        raise AccountRefused(str(refused)) from refused


def set_roles(user: User, roles: Iterable[tuple[str, str]], *, by: User | None) -> None:
    """Make these the user's roles, no others."""
    wanted = {_pool(role, agency).id: role for role, agency in roles}
    for membership in list(user.memberships):
        if membership.pool_id not in wanted:
            user.memberships.remove(membership)
            db.session.delete(membership)
    held = {membership.pool_id for membership in user.memberships}
    for pool_id, role in wanted.items():
        if pool_id not in held:
            user.memberships.append(Membership(pool_id=pool_id, role=role))
    db.session.flush()
    journal.record("roles-set", by=by, subject=f"user:{user.id}", details={"roles": sorted(wanted.values())})


def _pool(role: str, agency_key: str) -> Pool:
    if role not in role_keys():
        raise AccountRefused(gettext("There is no role %(role)s.", role=role))
    agency = db.session.scalar(select(Agency).where(Agency.key == agency_key))
    if agency is None:
        raise AccountRefused(gettext("There is no agency %(agency)s.", agency=agency_key))
    pool = db.session.scalar(select(Pool).where(Pool.role == role, Pool.agency_id == agency.id))
    if pool is None:
        pool = Pool(role=role, agency_id=agency.id)
        db.session.add(pool)
        db.session.flush()
    return pool


def change_person(user: User, *, name: str, name_en: str, email: str, phone: str, by: User) -> None:
    """Correct who an account belongs to and how that person is reached."""
    if not name.strip():
        raise AccountRefused(gettext("The account needs a person's name."))
    user.name, user.name_en = name.strip()[:60], name_en.strip()[:80]
    user.email, user.phone = _address(email), phone.strip()[:40]
    journal.record("account-changed", by=by, subject=f"user:{user.id}")


def _address(email: str) -> str:
    """A mail address as it is kept; empty is allowed: then only an administrator gives a new password."""
    email = email.strip().lower()
    if email and not ADDRESS.match(email):
        raise AccountRefused(gettext("This is no mail address: %(address)s", address=email))
    return email


def set_active(user: User, active: bool, *, by: User) -> None:
    """Close an account or open it again; closing ends its sessions at once."""
    if user.id == by.id and not active:
        raise AccountRefused(gettext("You cannot close your own account."))
    user.active = active
    user.session_version += 1
    journal.record("account-opened" if active else "account-closed", by=by, subject=f"user:{user.id}")


def change_password(user: User, old: str, new: str) -> None:
    """The person changes the password; the old one is asked for."""
    if not passwords.matches(user, old):
        raise AccountRefused(gettext("The present password is not right."))
    if old == new:
        raise AccountRefused(gettext("The new password is the old one."))
    _set(user, new)
    user.demo = False  # its password is no longer the one that everybody was told
    journal.record("password-changed", by=user, subject=f"user:{user.id}")


def forgot_password(name: str) -> None:
    """Mail a one-time link, if such an account exists and has an address. Nobody learns whether it does."""
    wanted = name.strip().lower()
    user = db.session.scalar(select(User).where(or_(User.login == wanted, User.email == wanted), User.active).limit(1))
    if user is None or not user.email:
        return
    reset = passwords.new_link(user)
    tell_user(user.id, "password-link", channels=("mail",), reset=reset.id)
    journal.record("password-link-mailed", actor=user.login, subject=f"user:{user.id}")


@writes_link("password-link")
def _password_link(notice: Notice) -> str:
    reset = db.session.get_one(PasswordReset, notice.details["reset"])
    return f"/new-password/{passwords.token_of(reset)}"


def link_by_administrator(user: User, *, by: User) -> str:
    """A one-time token that the administrator hands to the person; shown once."""
    reset = passwords.new_link(user)
    journal.record("password-link-made", by=by, subject=f"user:{user.id}")
    return passwords.token_of(reset)


def use_link(reset: PasswordReset, password: str) -> User:
    """Set the password through a link; the link and all others of the account are used up."""
    _set(reset.user, password)
    reset.user.demo = False
    others = select(PasswordReset).where(PasswordReset.user_id == reset.user_id, PasswordReset.used_at.is_(None))
    for other in db.session.scalars(others):
        other.used_at = clock.now()
    journal.record("password-set-by-link", actor=reset.user.login, subject=f"user:{reset.user_id}")
    return reset.user


def actor_of(login: str) -> str:
    """How the journal names somebody who could not sign in: recognisable to the house, unreadable to others."""
    return crypto.keyed_hash(login, "subject")[:16]
