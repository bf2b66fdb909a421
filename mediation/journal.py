"""The append-only journal: who did, saw and searched what, in hash chains that show a changed row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import g, has_request_context
from sqlalchemy import bindparam, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from mediation import clock
from mediation.extensions import command, db
from mediation.models import Anchor, ChainHead, Entry, User

# The chain of what belongs to no case: sign-ins, accounts, releases, searches.
HOUSE = 0


@dataclass(frozen=True)
class Break:
    """A place where a chain does not hold."""

    chain: int
    ordinal: int
    reason: str


def record(
    action: str,
    *,
    case_id: int = HOUSE,
    by: User | None = None,
    actor: str = "",
    subject: str = "",
    details: dict[str, Any] | None = None,
) -> Entry:
    """Append an entry inside the running transaction. `details` hold ids and words of the trade, no personal data."""
    head = _lock_head(case_id)
    entry = Entry(
        chain=case_id,
        ordinal=head.ordinal + 1,
        at=clock.now(),
        user_id=by.id if by else None,
        actor=actor or (by.login if by else "system"),
        action=action,
        subject=subject,
        details=details or {},
    )
    entry.hash = _hash(entry, head.hash)
    db.session.add(entry)
    head.ordinal, head.hash = entry.ordinal, entry.hash
    return entry


def _lock_head(chain: int) -> ChainHead:
    """The chain's end, locked until this transaction ends; asked for once a transaction."""
    locked = db.session().info.setdefault("locked heads", {})
    if chain not in locked:
        with db.session.no_autoflush:
            locked[chain] = db.session.scalar(_LOCK_HEAD, {"chain": chain}) or _begin_chain(chain)
    return locked[chain]


_LOCK_HEAD = (
    select(ChainHead)
    .where(ChainHead.chain == bindparam("chain"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def _begin_chain(chain: int) -> ChainHead:
    insert = (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert
    db.session.execute(insert(ChainHead).values(chain=chain, ordinal=0, hash="").on_conflict_do_nothing())
    return db.session.scalars(_LOCK_HEAD, {"chain": chain}).one()


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _forget_locks(session: Session) -> None:
    session.info.pop("locked heads", None)


def _hash(entry: Entry, before: str) -> str:
    content = json.dumps(
        [
            before, entry.chain, entry.ordinal, clock.local(entry.at).isoformat(), entry.user_id, entry.actor,
            entry.action, entry.subject, entry.details,
        ],
        ensure_ascii=False, sort_keys=True, separators=(",", ":"),
    )  # fmt: skip
    return hashlib.sha256(content.encode()).hexdigest()


def note_read(action: str, *, case_id: int = HOUSE, by: User | None = None, actor: str = "", subject: str = "",
              details: dict[str, Any] | None = None) -> None:  # fmt: skip
    """Remember that something was seen; written after the page, in a transaction of its own."""
    wish = {"action": action, "case_id": case_id, "by": by, "actor": actor, "subject": subject, "details": details}
    if has_request_context():
        g.setdefault("reads", []).append(wish)
    else:
        with command():
            record(**wish)


def write_reads() -> None:
    """Write what this request has seen. Called once, after the request's own transaction is over."""
    reads = g.pop("reads", [])
    if reads:
        with command():
            for wish in reads:
                record(**wish)


def verify(chain: int | None = None) -> Iterator[Break]:
    """Walk one chain or all of them, and every anchor, and yield each place that does not hold."""
    heads = {head.chain: head for head in db.session.scalars(select(ChainHead).order_by(ChainHead.chain))}
    for number in [chain] if chain is not None else sorted(heads):
        yield from _verify_chain(number, heads.get(number))
    if chain is None:
        yield from _verify_anchors(heads)


def _verify_chain(chain: int, head: ChainHead | None) -> Iterator[Break]:
    before, ordinal = "", 0
    query = select(Entry).where(Entry.chain == chain).order_by(Entry.ordinal).execution_options(yield_per=500)
    for entry in db.session.scalars(query):
        ordinal += 1
        if entry.ordinal != ordinal:
            yield Break(chain, ordinal, "missing")
            ordinal = entry.ordinal
        if _hash(entry, before) != entry.hash:
            yield Break(chain, entry.ordinal, "changed")
        before = entry.hash
    if head is None or (head.ordinal, head.hash) != (ordinal, before):
        yield Break(chain, ordinal + 1, "end")


def _verify_anchors(heads: dict[int, ChainHead]) -> Iterator[Break]:
    for anchor in db.session.scalars(select(Anchor).order_by(Anchor.id)):
        if _anchor_hash(anchor.heads) != anchor.hash:
            yield Break(HOUSE, 0, f"anchor {anchor.id} changed")
        for chain, (ordinal, hash_) in anchor.heads.items():
            found = db.session.scalar(select(Entry.hash).where(Entry.chain == int(chain), Entry.ordinal == ordinal))
            if found != hash_ or int(chain) not in heads:
                yield Break(int(chain), ordinal, f"does not fit anchor {anchor.id}")


def anchor_heads() -> Anchor:
    """Put the heads that moved since the last anchor under one hash; the scheduler does it every hour."""
    last = db.session.scalar(select(Anchor).order_by(Anchor.id.desc()).limit(1))
    since = last.at if last else None
    query = select(ChainHead).order_by(ChainHead.chain)
    if since is not None:
        moved = select(Entry.chain).where(Entry.at >= since).distinct()
        query = query.where(ChainHead.chain.in_(moved))
    heads = {str(head.chain): [head.ordinal, head.hash] for head in db.session.scalars(query) if head.ordinal}
    anchor = Anchor(at=clock.now(), heads=heads, hash=_anchor_hash(heads))
    db.session.add(anchor)
    return anchor


def _anchor_hash(heads: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(heads, sort_keys=True).encode()).hexdigest()
