"""Writes what was registered into the tables, and the terms by which a case is found; done twice it is there once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import delete

from mediation import codes, crypto
from mediation.extensions import db
from mediation.models import Case, Party, Representative, SearchTerm

PARTY_CODE_LENGTH = 8
CASE_CODE_LENGTH = 10
# Shorter numbers among the terms of search are serial numbers of dossiers.
SHORTEST_TELEPHONE = 5
# People make mistakes in these, and a paper may show them: each has a way to be corrected with its history.
CASE_FACTS = ("title", "summary", "claims", "kind", "source", "amount", "place", "happened_on", "people_count")
PARTY_FACTS = (
    "name", "sex", "birth_date", "ethnicity", "occupation", "id_number", "phone", "address", "service_address",
    "interpreter",
)  # fmt: skip
_CASE_TEXTS = ("summary", "claims", "kind", "source", "level", "risk", "place", "statistics_kind")
_CASE_TICKS = ("written_requested", "commercial", "domestic_violence")
_PARTY_TEXTS = (
    "side", "kind", "name", "sex", "ethnicity", "occupation", "phone", "address", "service_address", "interpreter",
)  # fmt: skip
# Papers on marriage and inheritance may not be signed electronically (电子签名法 3).
WET_INK_KINDS = frozenset({"0101", "0103"})


def cleaned(text: str) -> str:
    """`text` without what is not seen: control characters, and marks that turn the direction in which a name reads."""
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf")).strip()


def write_case(case: Case, answers: Mapping[str, Any]) -> None:
    """The facts of the dispute from `answers`; what is not answered stays as it is."""
    for key in _CASE_TEXTS:
        if answers.get(key) is not None:
            setattr(case, key, cleaned(str(answers[key])))
    for key in _CASE_TICKS:
        if answers.get(key) is not None:
            setattr(case, key, bool(answers[key]))
    if "amount" in answers:
        case.amount = money(answers["amount"])
    if "happened_on" in answers:
        case.happened_on = day(answers["happened_on"])
    if answers.get("people_count"):
        case.people_count = int(answers["people_count"])
    if answers.get("kind") and not answers.get("statistics_kind"):
        case.statistics_kind = codes.statistics_kind(case.kind)
    case.wet_ink_only = case.kind in WET_INK_KINDS
    if case.kind == "0104":
        case.domestic_violence = True


def write_party(party: Party, answers: Mapping[str, Any]) -> None:
    """A party's facts from `answers`; the identity number is kept encrypted and found through its keyed hash."""
    for key in _PARTY_TEXTS:
        if answers.get(key) is not None:
            setattr(party, key, cleaned(str(answers[key])))
    if "birth_date" in answers:
        party.birth_date = day(answers["birth_date"])
    if "id_number" in answers:
        write_id_number(party, str(answers["id_number"] or ""))
    if answers.get("protected") is not None:
        party.protected = bool(answers["protected"])
    if "representatives" in answers:
        write_representatives(party, answers["representatives"] or [])
    elif _ACTING & set(answers):
        write_representatives(party, _acting(answers))


def write_id_number(party: Party, number: str) -> None:
    """Keep the number, its keyed hash, and what a resident identity card's number says about birth and sex."""
    number = number.strip().upper()
    party.id_number = number or None
    party.id_number_hash = crypto.keyed_hash(number, "id-number") if number else None
    born = birth_date_of(number)
    if born is not None:
        party.birth_date = party.birth_date or born
        party.sex = party.sex or ("male" if int(number[16]) % 2 else "female")


def write_representatives(party: Party, listed: list[Mapping[str, Any]]) -> None:
    """Who acts for the party, in place of who was listed before."""
    wanted = [entry for entry in listed if str(entry.get("name") or "").strip()]
    for known in party.representatives[len(wanted) :]:
        db.session.delete(known)
    del party.representatives[len(wanted) :]
    for place, entry in enumerate(wanted):
        if place == len(party.representatives):
            party.representatives.append(Representative())
        for key in ("kind", "name", "phone", "relation", "authority"):
            setattr(party.representatives[place], key, cleaned(str(entry.get(key) or "")))


def write_search_terms(case: Case) -> None:
    """What the case is found by, anew: number, code, every ending of a name of two characters or more, telephones."""
    db.session.execute(delete(SearchTerm).where(SearchTerm.case_id == case.id))
    terms = {plain_term(case.code), *_number_terms(case.number or "")}
    for party in case.parties:
        if party.withdrawn_at is None:
            terms |= endings(party.name) | {digits(party.phone)}
            terms |= {ending for who in party.representatives for ending in endings(who.name)}
    db.session.add_all(SearchTerm(case_id=case.id, term=term) for term in sorted(terms - {""}))


# Nobody finds 〔 〕 on a keyboard; a telephone's (0471) is left as it is.
_YEAR = re.compile(r"[\[(【〔](20\d\d)[\])】〕]")
_ACTING = frozenset({"guardian_name", "agent_name", "legal_representative"})


def _acting(answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Who acts for the party, as a flow's form asks for it: in fields of their own."""
    found: list[dict[str, Any]] = [
        {"kind": kind, "name": answers.get(f"{kind}_name"), "phone": answers.get(f"{kind}_phone"),
         "relation": answers.get(f"{kind}_relation"), "authority": "、".join(answers.get(f"{kind}_authority") or ())}
        for kind in ("guardian", "agent")
    ]  # fmt: skip
    return [*found, {"kind": "legal_representative", "name": answers.get("legal_representative")}]


def write_guardian(party: Party, name: str, phone: str, relation: str) -> None:
    """The party's guardian: one, whoever was named before (民法典 27, 28)."""
    known = next((who for who in party.representatives if who.kind == "guardian"), None)
    if known is None:
        known = Representative(kind="guardian", authority="")
        party.representatives.append(known)
    known.name, known.phone, known.relation = name[:60], phone[:40], relation[:60]


def endings(name: str) -> set[str]:
    """Every ending of a name that has two characters or more, as searched; a one-character name is itself."""
    whole = plain_term(name)
    return {whole[start:] for start in range(max(1, len(whole) - 1))} if whole else set()


def plain_term(text: str) -> str:
    """`text` as it is searched: one width, one case, no spaces, the brackets of a number as papers print them."""
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())[:80]
    return _YEAR.sub(r"〔\1〕", plain)


def searched(text: str) -> str:
    """What somebody typed, as the terms are kept: a telephone number loses what stands between its digits."""
    term = plain_term(text)
    return digits(term) if set(term) <= set("0123456789+-()") and len(digits(term)) >= 3 else term


def digits(phone: str) -> str:
    """A telephone number without what people write between its digits."""
    return "".join(char for char in phone if char.isdigit())[:80]


def _number_terms(number: str) -> set[str]:
    """`（2026）青禾人调字第128号` whole and as people shorten it: from the body, from the series, `第128号`, and `128`."""
    whole = plain_term(number)
    starts = {whole.find("〔"), whole.find("〕") + 1, whole.find("人调字"), whole.rfind("第")} - {-1}
    return {whole, digits(whole.rpartition("第")[2])} | {whole[start:] for start in starts}


def title_of(case: Case) -> str:
    """How a dossier is called: the first of each side, and what it is about."""
    first = {side: next((p.name for p in case.parties if p.side == side), "") for side in ("applicant", "respondent")}
    between = "与".join(name for name in first.values() if name)
    kind = codes.name("kinds", case.kind, "zh").split("（")[0]
    return f"{between}{kind}纠纷"[:200] if not kind.endswith("纠纷") else f"{between}{kind}"[:200]


def new_party_code(party: Party) -> str:
    """Give the party a code of its own; the plain code is returned this once, its keyed hash is kept."""
    code = crypto.new_code(PARTY_CODE_LENGTH)
    party.code_hash = hash_of_code(code)
    return code


def hash_of_code(code: str) -> str:
    """What is kept of a party's code; spaces and hyphens that people add do not matter."""
    return crypto.keyed_hash("".join(char for char in code if char.isalnum()), "party-code")


def money(value: Any) -> Decimal | None:
    """Yuan and fen; None for nothing. ValueError for what is no amount."""
    text = str(value if value is not None else "").replace(",", "").replace("，", "").strip()
    if not text:
        return None
    try:
        return Decimal(text).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise ValueError(text) from None


def day(value: Any) -> date | None:
    """A date, or its ISO text; None for nothing."""
    if value is None or value == "":
        return None
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def birth_date_of(number: str) -> date | None:
    """The date of birth inside a valid number of a resident identity card (GB 11643), else None."""
    if not is_identity_card(number):
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_identity_card(number: str) -> bool:
    """Eighteen characters whose last fits the others (GB 11643-1999, ISO 7064 MOD 11-2)."""
    if len(number) != 18 or not number[:17].isdigit():
        return False
    return "10X98765432"[sum(w * int(d) for w, d in zip(_WEIGHTS, number[:17], strict=True)) % 11] == number[17].upper()
