"""How a resident comes in: the case's code with the party's own, or a one-time password to the number on file."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from flask import current_app
from sqlalchemy import func, select

from mediation import clock, crypto, journal
from mediation.accounts import passwords
from mediation.cases.facts import digits, hash_of_code
from mediation.extensions import db
from mediation.models import Case, Notice, Party, PartyPass
from mediation.notices.operations import tell_user
from mediation.notices.sending import writes_link

PASS_LIVES = timedelta(minutes=10)
PASS_DIGITS = 6
TRIES_PER_PASS = 5
# So that nobody's telephone can be made to ring all night.
PASSES_AN_HOUR = 4


def plain_code(text: str) -> str:
    """A code as it is kept: people add spaces, hyphens and small letters."""
    return "".join(char for char in text if char.isalnum()).upper()[:24]


def brake_of(case_code: str) -> str:
    """Under which name failures with this case are counted, together with the origin."""
    return f"case {plain_code(case_code)}"


def party_by_code(case_code: str, party_code: str) -> Party | None:
    """The party of the case whose own code this is."""
    wanted = hash_of_code(party_code)
    found = None
    for party in _parties_of(case_code):
        # All are compared, so that time tells nothing.
        if hmac.compare_digest(party.code_hash, wanted):
            found = party
    return found


def _parties_of(case_code: str) -> list[Party]:
    query = (
        select(Party)
        .join(Case, Case.id == Party.case_id)
        .where(Case.code == plain_code(case_code), Party.withdrawn_at.is_(None))
        .order_by(Party.id)
    )
    return list(db.session.scalars(query))


# --- one-time passwords ----------------------------------------------------------------------------------------


def ask_for_pass(case_code: str, phone: str, browser: str) -> bool:
    """Send a one-time password to the party of the case that has this number. True when one was queued: for tests and
    the journal only, nobody else learns it. `browser` is the random mark of the browser that asks."""
    number = digits(phone)
    mine = [party for party in _parties_of(case_code) if number and digits(party.phone) == number]
    if len(number) < 7 or not mine or _too_many(mine[0]):
        return False
    party, now = mine[0], clock.now()
    row = PartyPass(
        party_id=party.id, browser=_mark(browser), code_hash="", created_at=now, expires_at=now + PASS_LIVES, tries=0
    )
    db.session.add(row)
    db.session.flush()
    row.code_hash = _hash(row, _digits_of(row))
    db.session.add(Notice(
        case_id=party.case_id, party_id=party.id, channel="sms", template="party-pass", details={"pass": row.id},
        created_at=now, try_after=now,
    ))  # fmt: skip
    journal.record("party-pass-sent", case_id=party.case_id, actor=f"party:{party.id}", subject=f"party:{party.id}")
    return True


def _too_many(party: Party) -> bool:
    since = clock.now() - timedelta(hours=1)
    query = select(func.count()).where(PartyPass.party_id == party.id, PartyPass.created_at > since)
    return (db.session.scalar(query) or 0) >= PASSES_AN_HOUR


def party_by_pass(case_code: str, password: str, browser: str) -> Party | None:
    """The party whose one-time password this browser asked for and gives now; the password is used up."""
    case_ids = select(Case.id).where(Case.code == plain_code(case_code))
    query = (
        select(PartyPass)
        .join(Party, Party.id == PartyPass.party_id)
        .where(PartyPass.browser == _mark(browser), PartyPass.used_at.is_(None), PartyPass.expires_at > clock.now())
        .where(PartyPass.tries < TRIES_PER_PASS, Party.case_id.in_(case_ids), Party.withdrawn_at.is_(None))
        .order_by(PartyPass.id.desc())
        .limit(1)
        .with_for_update(of=PartyPass)
    )
    row = db.session.scalar(query)
    if row is None:
        return None
    row.tries += 1
    if not hmac.compare_digest(row.code_hash, _hash(row, digits(password))):
        return None
    row.used_at = clock.now()
    return row.party


def _mark(browser: str) -> str:
    return crypto.keyed_hash(browser, "browser")


def _hash(row: PartyPass, code: str) -> str:
    return crypto.keyed_hash(f"{row.id} {code}", "party-pass")


def _digits_of(row: PartyPass) -> str:
    """The password of this row, made again from the house's key when the message is written: it lies nowhere."""
    message = f"party pass {row.id} {row.party_id} {row.created_at.isoformat()} {row.browser}"
    digest = hmac.new(current_app.config["SECRET_KEY"].encode(), message.encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 10**PASS_DIGITS:0{PASS_DIGITS}d}"


@writes_link("party-pass")
def _pass_in_the_message(notice: Notice) -> str:
    return _digits_of(db.session.get_one(PartyPass, notice.details["pass"]))


# --- what a resident does --------------------------------------------------------------------------------------


def enter(party: Party, manner: str) -> None:
    """Write down that the party came in, by `code` or by `pass`."""
    journal.record("party-came-in", case_id=party.case_id, actor=f"party:{party.id}", details={"by": manner})


def failed(case_code: str, address: str) -> None:
    """Count a wrong code; the journal names the case by a hash only, for it may not exist."""
    passwords.note_failure(brake_of(case_code), address)
    journal.record("party-refused", actor=crypto.keyed_hash(plain_code(case_code), "subject")[:16])


def tell_mediator(party: Party, what: str) -> None:
    """Whoever works on the case hears that the party wrote, sent or answered something; `what` is a key of the template."""
    if party.case.mediator_id:
        tell_user(party.case.mediator_id, "party-wrote", case=party.case, what=what, title=party.case.display_number)
