"""People's mediation: consent as a hard gate, meetings that repeat, an agreement in effect when all have signed."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.processes.journey import (
    EFFECTIVE,
    SHANGHAI,
    Journey,
    caused,
    clock_moves,
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

ALL = {"consents_open": 0, "consents_given": 2}
UNSIGNED = {**EFFECTIVE, "effective_on": None, "signatures_open": 2}

begun = Journey("peoples_mediation", (), case={"mediation_due": date(2026, 12, 23)})
asked = from_here(begun, do("appoint", mediator="liu"))
told = from_here(asked, do("consent", **ALL), do("tell_rights"))
invited = from_here(told, do("enquire", {"next_step": "meeting"}),
                    do("invite", next_meeting=datetime(2026, 12, 1, 9, 30, tzinfo=SHANGHAI)))  # fmt: skip
met = from_here(invited, do("hold", {"result": "held"}, meetings_held=1, next_meeting=None))
drafted = from_here(met, do("minutes", {"result": "agreed"}), do("draft", agreement=UNSIGNED))
signing = from_here(drafted, do("check", {"result": "pass"}))
failed = (sees(), over())

JOURNEYS = {
    "the dispatcher appoints and the mediator asks both sides": from_here(
        begun, sees("appoint"), due("appoint", "2026-11-26", role="dispatcher"), do("appoint", mediator="liu"),
        caused("send-notice appointed mediator"), sees("consent"), due("consent", "2026-11-26", role="mediator")),
    "both agree and are told their rights": from_here(
        asked, forget(), do("consent", **ALL), caused("set-status mediating", "issue-paper rights_notice each",
            "issue-paper address_confirmation each"),
        sees("tell_rights"), due("tell_rights", "2026-11-26", role="mediator")),
    "one refusal ends it": from_here(asked, do("consent", consents_refused=1, consents_open=1), *failed),
    "silence is chased every three days": from_here(
        asked, forget(), until("2026-11-27"), caused("send-notice consent-chase parties"), sees("consent"),
        until("2026-11-30"), caused("send-notice consent-chase parties"), sees("consent")),
    "after seven working days of silence a person decides": from_here(
        asked, until("2026-12-03"), sees("silence"), due("silence", "2026-12-07", role="director"),
        do("silence", {"decision": "chase"}), sees("consent"), due("consent", "2026-12-08", role="mediator")),
    "the director takes silence for a refusal": from_here(
        asked, do("consent", consents_open=1), sees("silence"), do("silence", {"decision": "refused"}), *failed),
    "a child without a guardian counts as silent": from_here(
        asked, do("consent", consents_open=0, guardians_missing=1), sees("silence")),
    "the enquiry is repeated": from_here(
        told, forget(), due("enquire", "2026-11-30", role="mediator"), do("enquire", {"next_step": "again"}),
        caused("issue-paper enquiry_record file"), sees("enquire")),
    "the enquiry shows that it cannot go on": from_here(told, do("enquire", {"next_step": "failed"}), *failed),
    "both are invited and reminded the day before": from_here(
        told, do("enquire", {"next_step": "meeting"}), sees("invite"), forget(),
        do("invite", next_meeting=datetime(2026, 12, 1, 9, 30, tzinfo=SHANGHAI)),
        caused("issue-paper invitation each", "send-notice meeting-invited parties invitation"),
        due("hold", "2026-12-01", role="mediator"), until("2026-12-01"),
        caused("send-notice meeting-reminder parties"), sees("hold")),
    "a meeting that fails to take place gets a new date": from_here(
        invited, do("hold", {"result": "postponed"}, next_meeting=None), sees("invite")),
    "a party asks for another mediator, and those who agreed are not asked again": from_here(
        met, do("minutes", {"result": "adjourned"}), do("invite"), do("hold", {"result": "replace"}),
        sees("appoint"), do("appoint", mediator="chen"), sees("invite")),
    "before the first meeting another mediator asks again": from_here(
        invited, do("hold", {"result": "replace"}), do("appoint", mediator="chen"), sees("consent")),
    "a meeting that can never be held": from_here(invited, do("hold", {"result": "failed"}), *failed),
    "the meeting is adjourned and held again": from_here(
        met, forget(), due("minutes", "2026-11-24", role="mediator"), do("minutes", {"result": "adjourned"}),
        caused("issue-paper minutes all"), sees("invite")),
    "the meeting shows that more must be asked": from_here(
        met, do("minutes", {"result": "enquiry"}), sees("enquire")),
    "no agreement is reached": from_here(met, do("minutes", {"result": "failed"}), *failed),
    "the agreement is drafted, checked and sent to be signed": from_here(
        met, do("minutes", {"result": "agreed"}), due("draft", "2026-11-25", role="mediator"),
        do("draft", agreement=UNSIGNED), sees("check"), due("check", "2026-11-24", role="director"), forget(),
        do("check", {"result": "pass"}), caused("set-status agreed", "issue-paper agreement all", "issue-paper plain_words all"),
        due("sign", "2026-11-30", role="mediator")),
    "the checker sends the draft back": from_here(drafted, do("check", {"result": "return"}), sees("draft")),
    "it takes effect only with the last signature": from_here(
        signing, forget(), do("sign", {"next_step": "go_on"}), sees("sign"), caused(),
        do("sign", {"next_step": "go_on"}, agreement=dict(EFFECTIVE)),
        caused("set-status effective", "send-notice agreement-effective parties"), over()),
    "a party wants other words": from_here(
        signing, forget(), do("sign", {"next_step": "renegotiate"}), caused("set-status mediating"), sees("draft")),
    "a party backs out": from_here(signing, do("sign", {"next_step": "failed"}), *failed),
    "an oral agreement is recorded": from_here(
        met, do("minutes", {"result": "oral"}), sees("record_oral"), due("record_oral", "2026-11-24", role="mediator"),
        forget(), do("record_oral", agreement={**EFFECTIVE, "kind": "oral"}),
        caused("issue-paper oral_agreement_record all", "set-status effective",
               "send-notice agreement-effective parties"), over()),
    "a party wants it in writing": from_here(
        met, do("minutes", {"result": "oral"}, written_requested=True), sees("draft")),
    "a complex dispute is settled in writing": from_here(
        met, do("minutes", {"result": "oral"}, level="complex"), sees("draft")),
    "with a mediator and all consents it goes on with the meeting": Journey(
        "peoples_mediation", (sees("invite"),), case={"mediator": "liu", "meetings_held": 1, **ALL}),
    "whoever calls with a named mediator needs no appointment": Journey(
        "peoples_mediation", (sees("consent"),), case={"mediator": "liu"}, variables={"named": True}),
    "a longer time is asked for and all agree": from_here(
        asked, forget(), message("extension-requested"), sees("consent", "extend"),
        due("extend", "2026-11-25", role="mediator"),
        do("extend", {"decision": "extend"}, extension_consents=2, mediation_due=date(2027, 1, 22)),
        caused("issue-paper extension_notice all"), sees("consent"),
        message("extension-requested"), sees("consent", "extend")),
    "one side does not agree, and the month runs on": from_here(
        asked, forget(), message("extension-requested"), do("extend", {"decision": "extend"}, extension_consents=1),
        caused("send-notice extension-refused parties"), sees("consent")),
    "the month is over and nobody extends it": from_here(
        told, until("2026-12-24"), sees("enquire", "extend"), due("extend", "2026-12-28", role="mediator"),
        do("extend", {"decision": "refuse"}), over()),
    "the month is over and all extend it": from_here(
        told, until("2026-12-24"),
        do("extend", {"decision": "extend"}, extension_consents=2, mediation_due=date(2027, 1, 22)),
        sees("enquire"), until("2027-01-25"), sees("enquire", "extend")),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_mediation(journey: Journey) -> None:
    walk(journey)


def test_what_follows_the_appointment_goes_to_the_mediator_and_his_committee() -> None:
    at = walk(Journey("peoples_mediation", (do("appoint", mediator="liu", committee="tiaowei"),)))
    assert (at.task("consent").assignee, at.task("consent").group) == ("liu", "tiaowei")


def test_the_month_is_not_counted_before_its_clock_runs_and_then_follows_it() -> None:
    at = walk(Journey("peoples_mediation", ()))
    assert [one.due_at for one in at.result.waiting if one.element_id == "month_over"] == [None]
    clock_moves(mediation_due=date(2027, 1, 4))(at)
    (month,) = [one for one in at.result.waiting if one.element_id == "month_over"]
    assert month.due_at == datetime(2027, 1, 5, tzinfo=SHANGHAI)
