"""Change by consent (民法典 543): new terms for what is still owed, everybody's consent, a deed of its own, signed and sealed.

Nothing of the ledger changes before the seal is on the deed. Then what was open is put aside and stays readable with what
was received for it, and the new terms make new rows.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from sqlalchemy import String, cast, func, literal, select
from sqlalchemy.exc import OperationalError

from documents.agreement import plain, terms
from documents.agreement.checker import Finding
from documents.agreement.plain import Point
from documents.agreement.terms import Term
from mediation import clock, flow, journal
from mediation.agreements import checking, understanding
from mediation.agreements.bindings import agreement_of
from mediation.agreements.ledger import OWED
from mediation.agreements.performance import refuse
from mediation.case_view import current_confirmation, names_in, terms_of
from mediation.cases.operations import waits_for
from mediation.cases.queries import AFTER_A_CHANGE, change_under_way
from mediation.effects import AnswersRefused, applies, prefills, undoes
from mediation.extensions import command, db
from mediation.meetings.bindings import parties_of
from mediation.models import Agreement, AgreementChange, Case, Hand, Incident, Obligation, Paper, Party, Task, User
from mediation.papers.pieces import Occasion, agreement_in_short, amount, builds, full, head, mediators_of, named_party
from mediation.releases import definition_of
from mediation.requests import language
from workflows.model import EngineError

log = logging.getLogger("mediation.changes")

STUCK = "change-failed"  # the code of its incident
LIMIT = 20  # changes at once that the worker looks at


def _change_of(task: Task) -> AgreementChange:
    found = change_under_way(task.case)
    if found is None:
        raise AnswersRefused({"": gettext("There is no change to agree on.")})
    return found


# --- drafting -----------------------------------------------------------------------------------------------------------


def still_owed(agreement: Agreement) -> list[Term]:
    """The terms as they speak of what is still to be done: paid parts are left out, the rest of a part is its sum."""
    rows: dict[int, list[Obligation]] = {}
    for owed in agreement.obligations:
        if owed.status in OWED and owed.term:
            rows.setdefault(owed.term, []).append(owed)
    found = []
    for number, term in enumerate(terms_of(agreement), start=1):
        if number in rows:
            found.append(_rest_of(term, rows[number]))
        elif term.kind not in terms.PERFORMED or term.when == "standing":
            found.append(term)
    return found


def _rest_of(term: Term, rows: list[Obligation]) -> Term:
    if term.kind != "pay":
        return term
    total = sum((owed.rest or Decimal(0) for owed in rows), Decimal(0))
    if len(rows) == 1:
        return replace(
            term, when="date", due_on=rows[0].due_on, amount=total, plan="", count=None, interval="", until=None
        )
    plan = "\n".join(f"{owed.due_on.isoformat()} {owed.rest}" for owed in sorted(rows, key=lambda one: one.due_on))
    return replace(term, when="instalments", plan=plan, amount=total, due_on=None, count=None, interval="", until=None)


@prefills("agreement-change")
def _known(task: Task, _user: User) -> dict[str, Any]:
    found = change_under_way(task.case)
    agreement = found.agreement if found else agreement_of(task)
    rows = [asdict(term) for term in _read(found)] if found else [asdict(term) for term in still_owed(agreement)]
    return {"reason": found.reason if found else "", "terms": rows}


def _read(change: AgreementChange) -> list[Term]:
    accounts = change.accounts or {}
    rows = enumerate(change.terms, start=1)
    return [terms.read({**row, "account": accounts.get(str(number), "")}) for number, row in rows]


@applies("agreement-change", private=(checking.REASONS, checking.REASON))
def _propose(task: Task, answers: Mapping[str, Any], by: User) -> None:
    agreement = agreement_of(task)
    if agreement.status != "effective":
        raise AnswersRefused({"": gettext("Only an agreement in effect is changed; a draft is drafted anew.")})
    said = checking.read_terms(answers)
    findings = checking.settle(look(task.case, agreement, answers), answers)
    change = change_under_way(task.case)
    if change is None:
        count = select(func.count()).where(AgreementChange.agreement_id == agreement.id)
        ordinal = (db.session.scalar(count) or 0) + 1
        change = AgreementChange(case_id=task.case_id, agreement_id=agreement.id, ordinal=ordinal, drafted_by_id=by.id)
        db.session.add(change)
    change.status, change.reason, change.drafted_at = "draft", answers["reason"], clock.now()
    change.terms = [terms.kept(replace(term, account="")) for term in said]
    change.accounts = {str(number): term.account for number, term in enumerate(said, start=1) if term.account}
    change.before, change.accounts_before = agreement.terms, agreement.accounts
    change.findings, change.consents = findings, {}
    db.session.flush()
    _note(change, "change-proposed", by)
    checking.note(change, by=by)


def look(case: Case, agreement: Agreement, answers: Mapping[str, Any]) -> list[Finding]:
    """What the checker finds in the new terms; facts and responsibility are those of the agreement that they change."""
    told = {
        **answers, "facts": agreement.facts, "issues": agreement.issues, "responsibility": agreement.responsibility,
        "default_clause": (agreement.details or {}).get("default_clause"),
    }  # fmt: skip
    return checking.look(case, told)


@undoes("agreement-change")
def _forget(task: Task) -> None:
    found = change_under_way(task.case)
    if found is not None:
        found.status = "dropped"


# --- consent ------------------------------------------------------------------------------------------------------------


@prefills("agreement-change-consents")
def _asked(task: Task, _user: User) -> dict[str, Any]:
    found = change_under_way(task.case)
    said = (found.consents or {}) if found else {}
    return {"consents": [_row(party, said.get(str(party.id))) for party in parties_of(task.case)]}


def _row(party: Party, said: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the party answered on its own page stands in the form; whoever is still to be asked has today's date."""
    row: dict[str, Any] = {"party": str(party.id), "name": party.name, "given_on": clock.today()}
    if said is None:
        return row
    given = {"answer": "agree" if said["agrees"] else "refuse", "given_on": date.fromisoformat(said["on"])}
    return {**row, **given, "how": said["how"] or None}


@dataclass(frozen=True)
class Proposal:
    """A change as the sides are asked about it: why, all that is to be done from then on in plain words, what is new."""

    reason: str
    points: list[Point]
    differences: list[dict[str, str]]  # before, after; in the words of the deed
    said: Mapping[str, Any]  # party id as text -> what it answered


def proposed(case: Case) -> Proposal | None:
    """The change that the sides are being asked about; None when there is none, or when all have answered."""
    found = change_under_way(case)
    if found is None or found.status != "draft":
        return None
    names = names_in(case.id)
    told = [plain.plain(term, names, language()) for term in _read(found)]
    return Proposal(found.reason, told, _differences(found, names), found.consents or {})


def answer(party: Party, agrees: bool) -> None:
    """Keep what a party answers on its own page; it binds nobody before the deed is signed. AnswersRefused when too late."""
    flow.lock_case(party.case_id)
    found = change_under_way(party.case)
    if found is None or found.status != "draft":
        raise AnswersRefused({"": gettext("There is no change to agree on.")})
    said = {"agrees": agrees, "on": clock.today().isoformat(), "how": "online"}
    found.consents = {**(found.consents or {}), str(party.id): said}
    journal.record(
        "change-answered", case_id=party.case_id, actor=f"party:{party.id}", subject=f"change:{found.id}",
        details={"agrees": agrees},
    )  # fmt: skip


@applies("agreement-change-consents")
def _consented(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """All agree, or there is no change: nobody's agreement is changed without them (民法典 136, 543)."""
    change = _change_of(task)
    said = {row["party"]: row for row in answers["consents"]}
    missing = [str(party.id) for party in parties_of(task.case) if str(party.id) not in said]
    if missing:
        raise AnswersRefused({"consents": gettext("Every party has to be asked.")})
    for number, row in enumerate(answers["consents"]):
        if row.get("given_on") and row["given_on"] > clock.today():
            raise AnswersRefused({f"consents-{number}-given_on": gettext("This day has not come yet.")})
    change.consents = {
        party: {
            "agrees": row["answer"] == "agree",
            "on": (row.get("given_on") or clock.today()).isoformat(),
            "how": row.get("how") or "",
        }
        for party, row in said.items()
    }
    agreed = all(one["agrees"] for one in change.consents.values())
    change.status = "agreed" if agreed else "dropped"
    _note(change, "change-agreed" if agreed else "change-dropped", by)


@undoes("agreement-change-consents")
def _unasked(task: Task) -> None:
    query = select(AgreementChange).where(AgreementChange.case_id == task.case_id).order_by(AgreementChange.id.desc())
    found = db.session.scalar(query.limit(1))
    if found is not None and found.status != "effective":
        found.status, found.consents = "draft", {}


# --- the deed -----------------------------------------------------------------------------------------------------------


@builds("supplementary_agreement")
def _supplementary_agreement(occasion: Occasion) -> dict[str, Any]:
    case, change = occasion.case, db.session.get_one(AgreementChange, occasion.subject_id)
    agreement, said, names = change.agreement, _read(change), names_in(occasion.case.id)
    confirmation, details = current_confirmation(case.id), agreement.details or {}
    return {
        **head(occasion),
        "parties": [_signing(party) for party in parties_of(case)],
        "agreement": agreement_in_short(case, agreement),
        "reason": change.reason[:2000],
        "changes": _differences(change, names),
        "terms": [{"text": terms.sentence(term, names)} for term in said][:60],
        "total": amount(terms.total_of(said)),
        "performance": terms.performance(said),
        "mediators": mediators_of(case),
        "recorder": details.get("recorder"),
        "copies": max(details.get("copies") or 0, len(parties_of(case)) + 1),  # somebody may have joined since
        "wet_ink_only": case.wet_ink_only,
        "confirmed": bool(confirmation and confirmation.status in ("confirmed", "partly")),
    }


def _signing(party: Party) -> dict[str, Any]:
    """A party as the other side reads it: by name and address for service, unless its whereabouts are kept secret."""
    return full({**named_party(party), "address": "" if party.protected else party.service_address})


def _differences(change: AgreementChange, names: Mapping[str, str]) -> list[dict[str, str]]:
    """What was agreed and is no longer so, beside what is agreed now; what stays the same is not named."""
    accounts = change.accounts_before or {}
    rows = enumerate(change.before, start=1)
    old = [terms.sentence(terms.read({**row, "account": accounts.get(str(number), "")}), names) for number, row in rows]
    new = [terms.sentence(term, names) for term in _read(change)]
    gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
    pairs = [{"before": gone[at] if at < len(gone) else "", "after": come[at] if at < len(come) else "不再履行（已履行部分有效）。"}
             for at in range(max(len(gone), len(come)))]  # fmt: skip
    return [full({key: text[:2000] for key, text in pair.items()}) for pair in pairs][:40]


# --- signed -------------------------------------------------------------------------------------------------------------


def deed_of(change: AgreementChange) -> Paper | None:
    """The latest deed of a change that counts."""
    query = select(Paper).where(Paper.kind == "supplementary_agreement", Paper.subject == f"change:{change.id}")
    return db.session.scalar(
        query.where(Paper.status.in_(("queued", "ready", "signed", "sealed"))).order_by(Paper.id.desc()).limit(1)
    )


@applies("agreement-change-signed")
def _signed(task: Task, answers: Mapping[str, Any], by: User) -> None:
    """Go on when the deed is sealed, or give the change up while it is not; nothing takes effect by being typed."""
    query = select(AgreementChange).where(AgreementChange.case_id == task.case_id).order_by(AgreementChange.id.desc())
    change = db.session.scalar(query.limit(1))
    if change is None:
        raise AnswersRefused({"": gettext("There is no change to agree on.")})
    if answers["result"] == "dropped":
        if change.status == "effective":
            raise AnswersRefused({"result": gettext("The change is in effect; only another change changes it.")})
        change.status = "dropped"
        _note(change, "change-dropped", by)
        return
    deed = deed_of(change)
    if change.status != "effective" and (deed is None or deed.status != "sealed"):
        text = gettext(
            "The deed is not signed by all and sealed yet. Sign it on its signing page, or bring back the signed sheets."
        )
        raise AnswersRefused({"result": text})
    if change.status != "effective":
        take_effect(change, deed)


def settle_due() -> int:
    """Changes whose deed is sealed take effect, each in a transaction of its own; returns how many did.

    One that cannot is an incident, and waits until an administrator has looked into it: it holds up no other case.
    """
    sealed = select(Paper.id).where(
        Paper.case_id == AgreementChange.case_id, Paper.kind == "supplementary_agreement", Paper.status == "sealed",
        Paper.subject == literal("change:") + cast(AgreementChange.id, String),
    )  # fmt: skip
    stuck = select(Incident.id).where(
        Incident.case_id == AgreementChange.case_id, Incident.code == STUCK, Incident.resolved_at.is_(None)
    )
    query = select(AgreementChange.id, AgreementChange.case_id).where(
        AgreementChange.status == "agreed", sealed.exists(), ~stuck.exists()
    )
    due = db.session.execute(query.order_by(AgreementChange.id).limit(LIMIT)).all()
    db.session.rollback()
    return sum(_settle_alone(change_id, case_id) for change_id, case_id in due)


def _settle_alone(change_id: int, case_id: int) -> bool:
    try:
        return _settle(change_id, case_id)
    except OperationalError:  # the database was busy or away: the next round comes in seconds
        log.warning("change put off", extra={"case": case_id})
    except Exception as error:  # whatever one case stumbled over must not stop the others
        log.exception("change failed", extra={"case": case_id})
        with command():
            flow.record_incident(case_id, None, EngineError(STUCK, f"{type(error).__name__}: {error}"[:500]))
    return False


def _settle(change_id: int, case_id: int) -> bool:
    """The case is locked first, as every command does."""
    with command():
        flow.lock_case(case_id)
        change = db.session.get_one(AgreementChange, change_id, populate_existing=True)
        deed = deed_of(change)
        if change.status != "agreed" or deed is None or deed.status != "sealed":
            return False
        take_effect(change, deed)
        return True


def take_effect(change: AgreementChange, deed: Paper | None) -> None:
    """The last of signatures and seal is there (人民调解法 29): the new terms count, the ledger gets its new rows."""
    given = select(func.max(Hand.given_at)).where(Hand.paper_id == deed.id) if deed is not None else None
    change.effective_at = (db.session.scalar(given) if given is not None else None) or clock.now()
    change.status, agreement = "effective", change.agreement
    put_aside = [owed for owed in agreement.obligations if owed.status in OWED]
    for owed in put_aside:
        owed.status, owed.replaced_by_id = "replaced", change.id
    said = _read(change)
    agreement.terms, agreement.accounts = change.terms, change.accounts
    manners = terms.performance(said)
    agreement.manner, agreement.deadline_text = manners.get("manner", ""), manners.get("time", "")
    _add_rows(agreement, change, said)
    _look_at_with_the_new_plan(put_aside, agreement)
    understanding.forget(agreement)
    case = db.session.get_one(Case, change.case_id)
    _follow(case, change)
    journal.record("change-effective", case_id=case.id, actor="worker", subject=f"change:{change.id}",
                   details={"agreement": agreement.id})  # fmt: skip


def _add_rows(agreement: Agreement, change: AgreementChange, said: list[Term]) -> None:
    last = max((owed.ordinal for owed in agreement.obligations), default=0)
    for ordinal, row in enumerate(terms.ledger(said), start=last + 1):
        agreement.obligations.append(
            Obligation(
                case_id=change.case_id, ordinal=ordinal, term=row.term, debtor_id=int(row.debtor), change_id=change.id,
                creditor_id=int(row.creditor) if row.creditor else None, what=row.what, amount=row.amount,
                due_on=row.due_on, how=row.how, account=row.account or None,
            )
        )  # fmt: skip
    db.session.flush()


def _look_at_with_the_new_plan(put_aside: list[Obligation], agreement: Agreement) -> None:
    """What a party has reported as paid and nobody has looked at waits at the first row that it owes by the new plan; who
    owes nothing by it has paid for the old one. Where no step will look at it any more, the creditor's own word counts,
    and the debtor's alone does not."""
    case_id = agreement.case_id
    seen = _is_owed(agreement) or (_is_watched(case_id) and not waits_for(case_id, CHANGED))
    first = {owed.debtor_id: owed for owed in reversed(agreement.obligations) if owed.status == "open"}
    for receipt in [one for owed in put_aside for one in owed.receipts if one.status == "reported"]:
        if receipt.obligation.debtor_id in first:
            receipt.obligation = first[receipt.obligation.debtor_id]
        elif not seen and receipt.party_id == receipt.obligation.creditor_id:
            receipt.status = "counts"
        elif not seen:
            refuse(receipt)
    db.session.flush()


# What the flow hears when a change takes effect: whatever step watches or urges the old plan ends there.
CHANGED = "agreement-changed"
# What the steps fill that watch over performance: waiting for what is owed, verifying it, urging, choosing a way.
WATCHING = ("performance", "urging", "default-routes")


def _follow(case: Case, change: AgreementChange) -> None:
    """Whoever watches the old plan asks anew what is owed and by when; where nobody does, somebody begins to."""
    if waits_for(case.id, CHANGED):
        flow.send_message(case, CHANGED, {"change": str(change.id)}, sender_key=f"change {change.id}")
    elif _is_watched(case.id):
        _move_the_old_timer(case, change.agreement)
    elif _is_owed(change.agreement) and AFTER_A_CHANGE in definition_of(case.release_hash).processes:
        flow.start(case, AFTER_A_CHANGE, {}, by=None)


def _is_watched(case_id: int) -> bool:
    """Whether a step of the case stands at what is owed."""
    query = select(Task.id).where(Task.case_id == case_id, Task.status == "open", Task.bind.in_(WATCHING))
    return db.session.scalar(query.limit(1)) is not None


def _is_owed(agreement: Agreement) -> bool:
    return any(owed.status in OWED for owed in agreement.obligations)


def _move_the_old_timer(case: Case, agreement: Agreement) -> None:
    """Flows of earlier releases do not hear of changes: their step that waits for a row waits for the new day."""
    following = min((owed.due_on for owed in agreement.obligations if owed.status == "open"), default=None)
    if following is None:
        return
    flow.reschedule(case, "due_passed", clock.end_of(following), by=None)
    waiting = select(Task).where(Task.case_id == case.id, Task.element_id == "receive", Task.status == "open")
    for task in db.session.scalars(waiting):
        task.due_at = clock.end_of(following)


def _note(change: AgreementChange, action: str, by: User) -> None:
    details = {"agreement": change.agreement_id, "ordinal": change.ordinal}
    journal.record(action, case_id=change.case_id, by=by, subject=f"change:{change.id}", details=details)
