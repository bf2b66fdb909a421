"""From the window to the archive: every way that a dispute can take through intake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from tests.processes.journey import (
    EFFECTIVE,
    Journey,
    caused,
    do,
    due,
    forget,
    from_here,
    message,
    over,
    sees,
    until,
    walk,
)

REGISTERED: Mapping[str, Any] = {"people_count": 2, "domestic_violence": False, "signs": None}
ADMIT = {"conclusion": "admit"}
ACCEPT = {"decision": "accept", "route": "peoples_mediation", "deadline_days": 30}
AGREED = {"agreement": {**EFFECTIVE, "kind": "oral", "immediate": True}}

triaged = Journey("intake", (do("register", REGISTERED), do("examine", ADMIT)))
accepted = from_here(triaged, forget(), do("confirm_triage", ACCEPT))
agreed = from_here(
    accepted,
    do("appoint", mediator="liu"),
    do("consent", consents_open=0, consents_given=2),
    do("tell_rights"),
    do("enquire", {"next_step": "meeting"}),
    do("invite"),
    do("hold", {"result": "held"}, meetings_held=1),
    do("minutes", {"result": "oral"}),
    forget(),
    do("record_oral", **AGREED),
)


def closed(outcome: str) -> tuple[Any, ...]:
    return (forget(), sees("close"), due("close", "2026-11-30", role="dispatcher"), do("close", {"outcome": outcome}),
            caused("issue-paper evidence_list file", "issue-paper closing_report file", "stop-clock handling",
                f"record-outcome {outcome}", "close-case"), over())  # fmt: skip


HANDED = {"decision": "send", "agency": "civil", "answer_days": 5}
handed_over = from_here(
    triaged, forget(), do("confirm_triage", {"decision": "refer", "target_agency": "civil", "reason": "民政事项"}),
    caused("set-status handed-over", "send-notice referred parties"), sees("send"),
)  # fmt: skip
signed_for = from_here(handed_over, do("send", HANDED), do("sign", {"answer": "signed", "round": "1"}), forget())


def by_route(route: str) -> Journey:
    """Accepted, and handed to another body than the people's mediation committee."""
    return from_here(triaged, forget(), do("confirm_triage", {**ACCEPT, "route": route}))


WITHDRAWN = do("send", {"decision": "withdraw"})
# Nobody of the route takes it: what the first steps of each answer, and triage decides anew.
DECLINED: Mapping[str, tuple[Any, ...]] = {
    "studio": (do("choose", {"decision": "none", "studio": None}),),
    "judicial_office": (WITHDRAWN,),
    "court_commissioned": (do("receive", {"answer": "return", "commission": "before"}),),
    "police_linkage": (WITHDRAWN,),
    "procuratorate_linkage": (WITHDRAWN,),
    "labour_linkage": (do("assess", {"matter": "wages", "employed": "no", "recognised": None, "people": 1, "ended_on": date(2026, 11, 2)}),
                       do("tell_way", {"choice": "arbitrate"}), WITHDRAWN),
    "petition_linkage": (do("register_petition", {"nature": "request", "procedure": "none", "competent": "housing"}),
                         WITHDRAWN, do("assign_again", {"decision": "return"})),
    "traffic_mediation": (do("assess", {"joint": "yes", "certificate_on": date(2026, 11, 20)}), WITHDRAWN),
    "property_mediation": (do("assess", {"owners": 40, "nature": "service", "fault": "no"}), do("tell_meeting")),
    "land_mediation": (do("assess", {"nature": "title", "known_on": date(2026, 10, 1)}), WITHDRAWN),
}  # fmt: skip
# It fails there, and the parties are told of the other ways.
FAILED: Mapping[str, tuple[Any, ...]] = {
    "medical_mediation": (do("screen", {"elsewhere": "court", "appraisal": "no", "claim": None, "harm": "none"}),),
    "joint_meeting": (do("prepare", {"must": [], "may": ["police"], "answer_days": 3, "group": "no"}),
                      do("opinion", joint={"asked": 1, "must_open": 0, "tasks": 0, "tasks_open": 0, "next_meeting": None}),
                      do("call"), do("hold", {"result": "failed"})),
}  # fmt: skip
in_studio = from_here(
    by_route("studio"), do("choose", {"decision": "assign", "studio": "studio1"}),
    do("take_up", {"answer": "accept"}, mediator="duan", committee="studio1"), do("invite_people", {"people_wanted": "no"}),
)  # fmt: skip

refused = (
    do("decide_refusal", {"decision": "refuse"}),
    caused("issue-paper refusal_notice applicant", "send-notice refused applicant refusal_notice",
           "set-status refused refused"),
    over(),
)  # fmt: skip
ended = caused("stop-clock peoples-mediation", "set-status ended withdrawn", "issue-paper termination_notice each",
    "issue-paper undisputed_facts all",
               "send-notice ended parties termination_notice")  # fmt: skip

JOURNEYS = {
    "a clerk registers and both sides are told that it is accepted": from_here(
        Journey("intake", (
            sees("register"), due("register", "2026-11-23", role="clerk"),
            do("register", REGISTERED), caused("issue-paper registration_receipt applicant", "issue-paper mediation_application applicant"),
            sees("examine"), due("examine", "2026-11-24", role="clerk"), do("examine", ADMIT),
            sees("confirm_triage"), due("confirm_triage", "2026-11-24", role="dispatcher"),
            do("confirm_triage", ACCEPT))),
        caused("allocate-number", "issue-paper registration_form file", "issue-paper identity_sheet file",
            "issue-paper authority_letter each", "set-status accepted", "start-clock handling 30", "issue-paper acceptance_notice each",
               "send-notice accepted parties acceptance_notice", "start-clock peoples-mediation"),
        sees("appoint"), due("appoint", "2026-11-26", role="dispatcher"),
    ),
    "missing papers are brought and the check is made again": from_here(
        Journey("intake", (do("register", REGISTERED), do("examine", {"conclusion": "supplement"}))),
        sees("supplement"), due("supplement", "2026-11-30", role="clerk"), do("supplement"), sees("examine")),
    "missing papers come through the portal": from_here(
        Journey("intake", (do("register", REGISTERED), do("examine", {"conclusion": "supplement"}))),
        message("papers-supplied"), sees("examine")),
    "the director refuses what may not be mediated": from_here(
        Journey("intake", (do("register", REGISTERED), do("examine", {"conclusion": "refuse"}))),
        forget(), sees("decide_refusal"), due("decide_refusal", "2026-11-25", role="director"), *refused),
    "the director overrules a proposed refusal": from_here(
        Journey("intake", (do("register", REGISTERED), do("examine", {"conclusion": "refuse"}))),
        do("decide_refusal", {"decision": "admit"}), sees("confirm_triage")),
    "triage proposes a refusal": from_here(
        triaged, forget(), do("confirm_triage", {"decision": "refuse"}), sees("decide_refusal"), *refused),
    "another agency settles it and the case is closed": from_here(
        signed_for, do("answer", {"settled": "yes"}), caused("set-status referred"), *closed("referred")),
    "another agency settles nothing and triage decides anew": from_here(
        signed_for, do("answer", {"settled": "no"}), sees("confirm_triage")),
    **{f"{route} does not take it": from_here(by_route(route), *steps, sees("confirm_triage"))
       for route, steps in DECLINED.items()},
    **{f"{route} fails": from_here(by_route(route), *steps, sees("terminate")) for route, steps in FAILED.items()},
    "an agreement of a studio is followed up": from_here(
        in_studio, do("consent", consents_open=0, consents_given=2), do("tell_rights"),
        do("enquire", {"next_step": "meeting"}), do("invite"), do("hold", {"result": "held"}, meetings_held=1),
        do("minutes", {"result": "oral"}), do("record_oral", **AGREED), sees(), forget()),
    "a studio reaches none, and the other ways are told": from_here(
        in_studio, message("mediation-ended"), sees("terminate")),
    "who wants to sue is helped with filing": from_here(
        accepted, do("appoint", mediator="liu"), do("consent", consents_refused=1),
        do("terminate", {"cause": "withdrawn", "court_help": "yes"}), sees("prepare"),
        do("prepare", {"wish": "not_now"}), sees("close")),
    "what nobody takes is triaged again": from_here(
        handed_over, WITHDRAWN, sees("confirm_triage")),
    "one side refuses and is told of the other routes": from_here(
        accepted, do("appoint", mediator="liu"), do("consent", consents_refused=1), forget(), sees("terminate"),
        due("terminate", "2026-11-26", role="mediator"), do("terminate", {"cause": "withdrawn"}), ended,
        *closed("refused")),
    "a side ends it before anybody is appointed": from_here(
        accepted, forget(), message("mediation-ended", ended_by="1"), sees("terminate"),
        do("terminate", {"cause": "withdrawn"}), ended, *closed("withdrawn")),
    "a side ends it while the agreement is being signed": from_here(
        accepted, do("appoint", mediator="liu"), do("consent", consents_open=0), do("tell_rights"),
        do("enquire", {"next_step": "meeting"}), do("invite"), do("hold", {"result": "held"}),
        do("minutes", {"result": "agreed"}), do("draft"), do("check", {"result": "pass"}), sees("sign"),
        message("mediation-ended"), sees("terminate")),
    "an oral agreement is visited and closed": from_here(
        agreed, caused("issue-paper oral_agreement_record all", "set-status effective",
                       "send-notice agreement-effective parties", "stop-clock peoples-mediation",
                       "set-status performing", "plan-visits 7/30/90", "set-status following-up"),
        sees(), until("2026-11-30", visits_open=1, next_visit=date(2026, 11, 30)),
        do("visit", {"result": "done", "signs": "none"}, visits_open=0, next_visit=None), forget(), sees("close"),
        due("close", "2026-12-07", role="dispatcher"), do("close", {"outcome": "oral"}),
        caused("issue-paper evidence_list file", "issue-paper closing_report file", "stop-clock handling", "record-outcome oral",
            "close-case"), over()),
    "what the court dismisses is mediated again, without asking for consent twice": Journey("intake", (
        *accepted.steps, do("appoint", mediator="liu"), do("consent", consents_open=0), do("tell_rights"),
        do("enquire", {"next_step": "meeting"}), do("invite"), do("hold", {"result": "held"}, meetings_held=1),
        do("minutes", {"result": "agreed"}), do("draft"), do("check", {"result": "pass"}),
        do("sign", {"next_step": "go_on"}, agreement=dict(EFFECTIVE), obligations_open=1,
           next_due=date(2026, 12, 11)),
        sees("precheck", "receive"), do("precheck", {"wish": "all", "scope": "all"}),
        do("apply", {"result": "filed"}, court="court-1"), do("accept", {"decision": "accepted"}),
        do("rule", {"decision": "dismissed"}), forget(),
        do("decide_next", {"choice": "remediate"}, agreement=None, obligations_open=0, next_due=None),
        caused("set-status following-up", "set-status mediating", "start-clock peoples-mediation"), sees("invite"))),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_intake(journey: Journey) -> None:
    walk(journey)
