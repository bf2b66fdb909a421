"""What a case is recognised by elsewhere: the same person, telephone, address or matter, as keyed hashes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert

from mediation import crypto
from mediation.cases.facts import day, digits, plain_term
from mediation.extensions import db
from mediation.models import Case, CaseTrait, Party

# In the order of their weight: whoever has the same identity number is the same person.
KINDS = ("id", "person", "phone", "address", "matter")
SHORTEST_ADDRESS = 5


@dataclass(frozen=True)
class Trait:
    """One thing to recognise a case by; `party` is its place in the list of parties, if it is a party's."""

    kind: str
    hash: str
    party: int | None = None


def traits_of(parties: Iterable[Mapping[str, Any]], kind: str, place: str) -> Iterator[Trait]:
    """The traits of a dispute that is being typed or has been registered.

    `parties`: mappings with name, birth_date, phone, id_number (or id_number_hash), address and representatives.
    """
    where = plain_term(place)
    if len(where) >= SHORTEST_ADDRESS:
        yield Trait("address", _hash(where, "address"))
    for number, party in enumerate(parties):
        yield from _of_person(party, number)
        name = plain_term(str(party.get("name") or ""))
        if kind and where and name:
            yield Trait("matter", _hash(f"{kind}|{where}|{name}", "matter"), number)


def _of_person(party: Mapping[str, Any], number: int) -> Iterator[Trait]:
    name, phone = plain_term(str(party.get("name") or "")), digits(str(party.get("phone") or ""))
    address, born = plain_term(str(party.get("address") or "")), day(party.get("birth_date"))
    identity = party.get("id_number_hash") or identity_hash(str(party.get("id_number") or ""))
    if identity:
        yield Trait("id", identity, number)
    for called in (name, *(plain_term(str(who.get("name") or "")) for who in party.get("representatives") or ())):
        if called:
            yield Trait("name", name_hash(called), number)
    if name and born:
        yield Trait("person", _hash(f"{name}|{born.isoformat()}", "person"), number)
    if len(phone) >= 7:
        yield Trait("phone", _hash(phone, "phone"), number)
    if len(address) >= SHORTEST_ADDRESS:
        yield Trait("address", _hash(address, "address"), number)


def identity_hash(number: str) -> str | None:
    """What stands for an identity number wherever it is compared; None for none."""
    return crypto.keyed_hash(number, "id-number") if number.strip() else None


def name_hash(name: str) -> str:
    """What stands for a name when ties of staff are compared with parties."""
    return _hash(plain_term(name), "party-name")


def _hash(text: str, purpose: str) -> str:
    return crypto.keyed_hash(text, f"trait-{purpose}")


def registered(case: Case) -> list[Trait]:
    """The traits of a case as its parties stand now, each once."""
    return list(dict.fromkeys(traits_of([_facts(party) for party in standing(case)], case.kind, case.place)))


def standing(case: Case) -> list[Party]:
    """The parties that have not been withdrawn, in the order to which `Trait.party` refers."""
    return [party for party in case.parties if party.withdrawn_at is None]


def write_traits(case: Case) -> None:
    """The traits of a registered case, anew; the parties must have their ids."""
    listed = standing(case)
    rows = [
        {"case_id": case.id, "party_id": None if one.party is None else listed[one.party].id,
         "kind": one.kind, "hash": one.hash}
        for one in registered(case)
    ]  # fmt: skip
    db.session.execute(delete(CaseTrait).where(CaseTrait.case_id == case.id))
    if rows:
        db.session.execute(insert(CaseTrait), rows)


def _facts(party: Party) -> dict[str, Any]:
    known = {key: getattr(party, key) for key in ("name", "birth_date", "phone", "id_number_hash", "address")}
    return known | {"representatives": [{"name": who.name} for who in party.representatives]}
