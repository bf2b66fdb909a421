"""Who reads a paper: the office that handles the case, whom it was written to when they sit at the case, nobody else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest

from documents.bundle import Layouts
from mediation import access, clock, codes
from mediation.cases.operations import Registered
from mediation.extensions import command, db
from mediation.models import Case, Paper, Participation, User
from mediation.papers.operations import issue
from tests.house import House, join
from tests.mediation.papers.test_builders import answered

KINDS = Layouts.shipped().kinds
# Who sits at the case for an agency of which kind.
SEATS = {
    "court": "court_liaison", "procuratorate": "procuratorate_liaison", "police": "police_liaison", "women": "liaison",
    "traffic-police": "police_liaison", "legal-aid": "judicial_officer", "labour": "labour_officer",
    "arbitration": "labour_officer", "land-arbitration": "liaison", "petition": "petition_officer",
}  # fmt: skip
AT_THE_CENTRE = {"one_party", "all_parties", "file", "agency"}


def of(house: House, kind: str) -> User:
    """Who works in the agency of this kind."""
    return house.users["court"] if kind == "court" else house.users.get(kind) or join(house, kind, kind, SEATS[kind])


def sits(case: Case, user: User, part: str = "") -> Participation:
    seat = Participation(case_id=case.id, pool_id=user.memberships[0].pool_id, since_at=clock.now(), part=part)
    db.session.add(seat)
    db.session.flush()
    return seat


def reads(user: User, paper: Paper) -> bool:
    return db.session.scalar(access.visible_papers(user).where(Paper.id == paper.id)) is not None


def readers(house: House, paper: Paper) -> set[str]:
    return {kind for kind in SEATS if reads(of(house, kind), paper)}


@pytest.fixture
def everybody(mediating: Registered, house: House) -> Case:
    """A case at which somebody sits for every kind of agency."""
    users = [of(house, kind) for kind in SEATS]
    with command():
        for user in users:
            sits(mediating.case, user)
    return mediating.case


def written(case: Case, house: House, kinds: Iterable[str]) -> dict[str, Paper]:
    """A paper of each kind, addressed as it is issued, without the facts that only its flow knows."""
    with command():
        papers = {kind: issue(case, "complaint", by=house.users["mediator"])[0] for kind in kinds}
        for kind, paper in papers.items():
            paper.kind, paper.audience = kind, KINDS[kind].addressed_to
    return papers


@pytest.mark.once
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_is_addressed_to_those_at_the_table_or_to_a_kind_of_agency(kind: str) -> None:
    assert KINDS[kind].addressed_to in {*AT_THE_CENTRE, *(key for key, _name in codes.choices("agency_kinds"))}


def test_what_is_written_to_an_agency_is_read_by_that_agency_and_by_no_other(everybody: Case, house: House) -> None:
    papers = written(everybody, house, [key for key, kind in KINDS.items() if kind.addressed_to not in AT_THE_CENTRE])
    assert {key: readers(house, paper) for key, paper in papers.items()} == {
        key: {KINDS[key].addressed_to} for key in papers
    }
    assert all(
        reads(house.users[login], paper) for login in ("clerk", "director", "mediator") for paper in papers.values()
    )
    assert not any(reads(house.users["mediator2"], paper) for paper in papers.values())


def test_the_files_records_and_letters_to_one_agency_are_no_other_ones(everybody: Case, house: House) -> None:
    papers = written(everybody, house, [key for key, kind in KINDS.items() if kind.addressed_to in ("file", "agency")])
    assert {key: readers(house, paper) for key, paper in papers.items()} == {key: set() for key in papers}
    assert all(reads(house.users["clerk"], paper) for paper in papers.values())


def test_a_paper_is_for_whom_its_kind_says(mediating: Registered, house: House) -> None:
    with command():
        papers = [issue(mediating.case, kind, by=house.users["mediator"])[0] for kind in
                  ("legal_aid_application", "clue_receipt", "registration_form", "acceptance_notice", "appraisal_commission")]  # fmt: skip
    assert [paper.audience for paper in papers] == ["legal-aid", "agency", "file", "party", "shared"]


def test_without_a_seat_at_the_case_an_agency_reads_nothing(mediating: Registered, house: House) -> None:
    with command():
        paper = issue(mediating.case, "legal_aid_application", by=house.users["mediator"])[0]
    assert not reads(of(house, "legal-aid"), paper)


def test_a_seat_that_ended_reads_no_longer(mediating: Registered, house: House) -> None:
    police = of(house, "police")
    with command():
        seat = sits(mediating.case, police)
        paper = issue(mediating.case, "penalty_exemption_application", by=house.users["mediator"])[0]
    assert reads(police, paper)
    with command():
        seat.until_at = paper.issued_at
    assert not reads(police, paper)


@pytest.mark.parametrize(("part", "read"), [("facts parties", False), ("facts parties papers", True), ("", True)])
def test_what_was_written_before_the_seat_goes_along_with_the_papers_only(
    mediating: Registered, house: House, part: str, read: bool
) -> None:
    procurator = of(house, "procuratorate")
    with command():
        paper = issue(mediating.case, "support_suit_application", by=house.users["mediator"])[0]
    clock.set_clock(clock.now() + timedelta(days=1))
    with command():
        sits(mediating.case, procurator, part)
    assert reads(procurator, paper) is read


def test_the_house_whose_step_wrote_it_reads_its_own_letter_and_another_one_does_not(
    everybody: Case, house: House
) -> None:
    procurator = of(house, "procuratorate")
    with command():
        step = answered(everybody, "support_suit_opinion", {"opinion": "support"}, by=procurator)
        step.pool_id = procurator.memberships[0].pool_id
        paper = issue(everybody, "support_suit_opinion", by=procurator, task=step)[0]
    assert readers(house, paper) == {"procuratorate", "court"}


def test_a_partys_letter_from_an_agencys_step_is_not_read_by_the_agency(everybody: Case, house: House) -> None:
    aid = of(house, "legal-aid")
    with command():
        step = answered(everybody, "legal_aid_decide", {"decision": "granted"}, by=aid)
        step.pool_id = aid.memberships[0].pool_id
        papers = issue(everybody, "legal_aid_decision", by=aid, to="applicant", task=step)
    assert [reads(aid, paper) for paper in papers] == [False]
