"""Issuing papers: facts are gathered and checked inside the command, the PDF is made afterwards by a worker."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import select, update

from documents.bundle import ANNEX, Kind, Layouts
from documents.refusals import PaperRefused
from mediation import clock, crypto, journal
from mediation.case_view import current_agreement
from mediation.effects import AnswersRefused, effect
from mediation.effects import Occasion as FlowOccasion
from mediation.extensions import db
from mediation.models import (
    Agreement,
    AgreementChange,
    Case,
    Meeting,
    Paper,
    Party,
    Referral,
    Statement,
    Task,
    User,
    Visit,
)
from mediation.models.papers import STANDS
from mediation.papers.facts import Occasion, build, is_due, latest_receipt, parties_of
from mediation.papers.hands import signed_papers
from mediation.papers.numbering import paper_number
from mediation.releases import load_bundle
from mediation.requests import language

SIDES = ("applicant", "respondent")
# Papers that say something about the case now, or will as soon as they are made.
COUNTING = ("queued", "refused", *STANDS)
# To whom a kind is addressed -> who may read it; what is addressed to a kind of agency is for that kind. An application
# names both sides in full: they sign it at the centre's table, and no side's page hands the other's numbers out.
AUDIENCES = {"all_parties": "shared", "one_party": "party"}
# Where a referral goes, when no agency of this house stands for the route.
ROUTES = {
    "court": "人民法院诉讼服务中心",
    "labour_arbitration": "劳动人事争议仲裁委员会",
    "police": "公安机关",
    "petition": "信访工作机构",
    "administrative": "行政主管部门",
}


@lru_cache(maxsize=16)
def layouts_of(release_hash: str) -> Layouts:
    """The paper kinds and layouts of a release."""
    files = load_bundle(release_hash).files
    prefix = "documents/"
    return Layouts.of({path[len(prefix) :]: text.decode() for path, text in files.items() if path.startswith(prefix)})


def issue(
    case: Case,
    kind: str,
    *,
    by: User | None,
    to: str = "all",
    task: Task | None = None,
    subject: str = "",
    given: Mapping[str, Any] | None = None,
) -> list[Paper]:
    """Queue a paper of the kind, one for each addressee it is meant for; an earlier one about the same is superseded.

    `to` narrows the addressees: all, each, applicant, respondent, court, file, debtor, creditor. Raises AnswersRefused when the facts do
    not make the paper: it is refused in the form where they can be put right, not found out by the worker.
    """
    layouts = layouts_of(case.release_hash)
    found = layouts.kind(kind)
    papers = []
    for party in _addressees(case, found, to):
        occasion = Occasion(case, party, subject, given or {})
        if not is_due(kind, occasion):
            continue
        facts = _checked_facts(layouts, kind, occasion)
        papers.append(_queue(case, found, party, facts, task, subject))
    db.session.flush()
    for paper in papers:
        journal.record("paper-issued", case_id=case.id, by=by, subject=f"paper:{paper.id}",
                       details={"kind": kind, "party": paper.party_id})  # fmt: skip
    return papers


def _addressees(case: Case, kind: Kind, to: str) -> list[Party | None]:
    if kind.addressed_to != "one_party":
        return [None]
    parties = [party for party in parties_of(case) if to not in SIDES or party.side == to]
    if to == "debtor":
        parties = [party for party in parties if party.id in debtors_in_default(case)]
    if to == "creditor":
        owed = creditors_in_default(case)
        parties = [party for party in parties if party.id in owed]
    if kind.key == "registration_receipt" and to not in SIDES:
        parties = [party for party in parties if party.side == "applicant"]
    return list(parties)


def debtors_in_default(case: Case) -> set[int]:
    """The parties who owe something that is overdue and marked so."""
    agreement = current_agreement(case.id)
    return {owed.debtor_id for owed in agreement.obligations if owed.status == "defaulted"} if agreement else set()


def creditors_in_default(case: Case) -> set[int]:
    """The parties to whom something is owed that is overdue and marked so."""
    agreement = current_agreement(case.id)
    rows = agreement.obligations if agreement else []
    return {owed.creditor_id for owed in rows if owed.status == "defaulted" and owed.creditor_id is not None}


def _checked_facts(layouts: Layouts, kind: str, occasion: Occasion) -> dict[str, Any]:
    facts = build(kind, occasion)
    try:
        layouts.read(kind, facts)
    except PaperRefused as refused:
        name = layouts.kind(kind).name[language()]
        words = refused.message if language() == "zh" else refused.message_en
        raise AnswersRefused(
            {"": f"{name}: {words} ({refused.field})" if refused.field else f"{name}: {words}"}
        ) from refused
    return facts


def _queue(
    case: Case, kind: Kind, party: Party | None, facts: dict[str, Any], task: Task | None, subject: str
) -> Paper:
    now = clock.now()
    audience = AUDIENCES.get(kind.addressed_to, kind.addressed_to)
    before = _replaced(case, kind.key, party, subject)
    number = paper_number(case, kind.numbering["series"])
    facts = {**facts, "number": number} if number and "number" in kind.facts else facts
    paper = Paper(
        case_id=case.id, kind=kind.key, number=str(facts.get("number") or case.display_number), audience=audience,
        party_id=party.id if party else None, facts=facts, release_hash=case.release_hash,
        layout_version=layouts_of(case.release_hash).version(kind.key), check_code=crypto.new_code(16), try_after=now,
        supersedes_id=before.id if before else None, task_id=task.id if task else None, subject=subject, issued_at=now,
    )  # fmt: skip
    if before is not None:
        before.status = "superseded"
    if kind.key == "agreement":
        _sign_anew(subject)
    db.session.add(paper)
    return paper


def _sign_anew(subject: str) -> None:
    """Who signed an earlier printing of an agreement has not signed this one."""
    named = subject.startswith("agreement:")
    agreement = db.session.get(Agreement, int(subject.partition(":")[2])) if named else None
    if agreement is not None and agreement.effective_at is None:
        for signature in agreement.signatures:
            signature.signed_on, signature.manner, signature.recorded_at = None, "", None


def _replaced(case: Case, kind: str, party: Party | None, subject: str) -> Paper | None:
    query = select(Paper).where(
        Paper.case_id == case.id, Paper.kind == kind, Paper.subject == subject,
        Paper.status.in_(COUNTING),
        Paper.party_id == party.id if party else Paper.party_id.is_(None),
    )  # fmt: skip
    return db.session.scalar(query.order_by(Paper.id.desc()).limit(1))


Told = Mapping[int, Mapping[str, Any]]


def papers_say(case: Case) -> Told:
    """Paper id -> what the tables say now for each paper that counts; asked before a fact is corrected."""
    return {paper.id: _built(paper, case) for paper in _counting(case)}


def _counting(case: Case) -> list[Paper]:
    query = select(Paper).where(Paper.case_id == case.id, Paper.status.in_(COUNTING))
    return list(db.session.scalars(query.order_by(Paper.id)))


def _built(paper: Paper, case: Case) -> dict[str, Any]:
    party = db.session.get(Party, paper.party_id) if paper.party_id else None
    return build(paper.kind, Occasion(case, party, paper.subject))


def reissue_for(case: Case, before: Told, *, by: User | None) -> list[Paper]:
    """After a registered fact was corrected: the papers that name it are issued again, the old ones superseded.

    `before` is what `papers_say` answered before the correction. Only what the correction changed is written anew: a
    notice of last month keeps its day, and the mediator who was not yet appointed then. What somebody has signed, and
    what is sealed, stays as it was signed: it only says from now on in what it no longer agrees.
    """
    counting = _counting(case)
    signed, issued = signed_papers(counting), []
    for paper in counting:
        was, now = before.get(paper.id, {}), _built(paper, case)
        changed = {key for key in {*was, *now} if was.get(key) != now.get(key)}
        if changed and paper.id in signed:
            _disagree(paper, changed, by)
        elif changed:
            issued.append(_anew(paper, case, changed, now))
    return _told_anew(case, issued, by)


def _anew(paper: Paper, case: Case, changed: set[str], now: Mapping[str, Any]) -> Paper:
    facts = {key: value for key, value in paper.facts.items() if key not in changed}
    facts |= {key: now[key] for key in changed if key in now}
    party = db.session.get(Party, paper.party_id) if paper.party_id else None
    return _queue(case, layouts_of(case.release_hash).kind(paper.kind), party, facts, None, paper.subject)


def _told_anew(case: Case, issued: list[Paper], by: User | None) -> list[Paper]:
    db.session.flush()
    for paper in issued:
        journal.record(
            "paper-reissued", case_id=case.id, by=by, subject=f"paper:{paper.id}", details={"kind": paper.kind}
        )
    return issued


def _disagree(paper: Paper, changed: set[str], by: User | None) -> None:
    paper.disagrees = sorted({*paper.disagrees, *changed})
    journal.record(
        "paper-disagrees", case_id=paper.case_id, by=by, subject=f"paper:{paper.id}",
        details={"kind": paper.kind, "facts": sorted(changed)},
    )  # fmt: skip


def may_issue_anew(paper: Paper) -> bool:
    """Whether a signed or sealed paper that no longer agrees can simply be issued again: everything but an agreement
    that is in force, which only its parties can change."""
    if not paper.disagrees or not paper.stands:
        return False
    agreement = agreement_about(paper)
    return agreement is None or agreement.effective_at is None


def agreement_about(paper: Paper) -> Agreement | None:
    """The agreement of which this paper is the deed."""
    named = paper.kind == "agreement" and paper.subject.startswith("agreement:")
    return db.session.get(Agreement, int(paper.subject.partition(":")[2])) if named else None


def issue_anew(paper: Paper, *, by: User) -> Paper:
    """A new paper with what was corrected, to be signed and sealed again; the old one is superseded and says so."""
    now = _built(paper, paper.case)
    return _told_anew(paper.case, [_anew(paper, paper.case, set(paper.disagrees), now)], by)[0]


def translatable(papers: list[Paper]) -> set[int]:
    """Ids of those papers behind which an English translation can be put: printed, signed by nobody, of a release whose
    layouts know how. One statement."""
    printed = [one for one in papers if one.status == "ready" and not one.annex]
    signed = signed_papers(printed)
    return {one.id for one in printed if one.id not in signed and ANNEX in layouts_of(one.release_hash).files}


def translate(paper: Paper, *, by: User) -> None:
    """Print the paper again with an English translation behind it; the Chinese text prevails and stays the same."""
    paper.annex, paper.status, paper.sha256, paper.try_after = True, "queued", None, clock.now()
    journal.record("paper-translated", case_id=paper.case_id, by=by, subject=f"paper:{paper.id}", details={"kind": paper.kind})


def issue_again(paper: Paper, *, by: User) -> Paper:
    """The same paper printed again under a code of its own; the old one is superseded."""
    return _told_anew(paper.case, [_anew(paper, paper.case, set(), {})], by)[0]


def disagreements(paper: Paper) -> list[str]:
    """The facts in which a signed paper no longer agrees with the tables, in the language of the page."""
    named = layouts_of(paper.release_hash).kind(paper.kind).facts
    return [named[key][language()] for key in paper.disagrees if key in named]


def withdraw(paper: Paper, *, by: User, reason: str) -> None:
    """The paper no longer counts; it stays to be seen as withdrawn."""
    db.session.execute(update(Paper).where(Paper.id == paper.id).values(status="withdrawn"))
    journal.record(
        "paper-withdrawn", case_id=paper.case_id, by=by, subject=f"paper:{paper.id}", details={"reason": reason}
    )


@effect(
    "issue-paper",
    required=("kind",),
    to=("all", "each", "applicant", "respondent", "court", "file", "agency", "debtor", "creditor"),
    target=None,
    reason=None,
    subject=None,
)
def _issue_paper(
    occasion: FlowOccasion, *, kind: str, to: str = "all", target: str = "", reason: str = "", subject: str = ""
) -> None:
    given = {"to": ROUTES.get(target, target), "reason": reason} if kind == "referral_letter" else {}
    about = subject or subject_of(kind, occasion.case)
    issue(occasion.case, kind, by=occasion.by, to=to, task=occasion.task, subject=about, given=_full(given))


def _full(given: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if value}


# A paper of these kinds is about one row: a second meeting's minutes do not replace the first one's.
_SUBJECTS: dict[str, tuple[str, Any]] = {
    "invitation": ("meeting", Meeting),
    "minutes": ("meeting", Meeting),
    "enquiry_record": ("statement", Statement),
    "agreement": ("agreement", Agreement),
    "oral_agreement_record": ("agreement", Agreement),
    "confirmation_application": ("agreement", Agreement),
    "confirmation_application_unit": ("agreement", Agreement),
    "plain_words": ("agreement", Agreement),
    "supplementary_agreement": ("change", AgreementChange),
    "joint_minutes": ("meeting", Meeting),
    "return_letter": ("referral", Referral),
    "visit_record": ("visit", Visit),
    "referral_letter": ("referral", Referral),
}


def subject_of(kind: str, case: Case) -> str:
    """What a paper of this kind is about: the case's latest row of the table it belongs to."""
    if kind == "performance_receipt":
        receipt = latest_receipt(case)
        return f"receipt:{receipt.id}" if receipt else ""
    if kind not in _SUBJECTS:
        return ""
    name, model = _SUBJECTS[kind]
    query = select(model.id).where(model.case_id == case.id)
    if model is Visit:
        query = query.where(Visit.status == "done").order_by(Visit.done_at.desc())
    elif model is Statement:
        query = query.where(Statement.kind == "enquiry")
    found = db.session.scalar(query.order_by(model.id.desc()).limit(1))
    return f"{name}:{found}" if found else ""
