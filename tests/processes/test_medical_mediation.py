"""Medical disputes: none that is taken elsewhere, thirty working days without the appraisal, no publicity."""

from __future__ import annotations

from datetime import date

import pytest

from tests.processes.journey import Journey, caused, clock_moves, do, due, forget, from_here, message, sees, until, walk
from tests.processes.routes import AT_THE_TABLE, ends, sits_agreed, sits_failed

HARM = {"elsewhere": "none", "harm": "other", "claim": 20000, "appraisal": "no"}


def screened(**answers: object) -> Journey:
    return Journey("medical_mediation", (do("screen", {**HARM, **answers}), do("secrecy")), case=AT_THE_TABLE)


plain = screened()
wanted = screened(appraisal="yes")
appraising = from_here(wanted, do("commission", {"result": "both"}))

JOURNEYS = {
    "it is screened in three days": Journey("medical_mediation", (
        sees("screen"), due("screen", "2026-11-26", role="dispatcher"))),
    "what the court has taken is not mediated": Journey("medical_mediation", (
        do("screen", {**HARM, "elsewhere": "court"}), ends("failed"))),
    "the clock runs, secrecy is told, and they sit": Journey("medical_mediation", (
        do("screen", HARM), caused("start-clock medical"), due("secrecy", "2026-11-25", role="mediator"),
        forget(), do("secrecy"), caused("issue-paper medical_secrecy all"), sees("invite")), case=AT_THE_TABLE),
    "agreed": from_here(plain, forget(), *sits_agreed(), ends("agreed")),
    "overdue or without agreement: told of the other ways": from_here(
        plain, *sits_failed(), sees("tell_failed"), do("tell_failed"), ends("failed")),
    "the health authority takes it meanwhile: ended": from_here(plain, message("mediation-ended"), sees("tell_failed")),
    "a large claim: experts": from_here(screened(claim=100000), sees("experts"), do("experts"), sees("invite")),
    "a death: experts": from_here(screened(harm="death"), sees("experts")),
    "an appraisal by both: the clock stands still": from_here(
        wanted, due("commission", "2026-11-30", role="mediator"), forget(), do("commission", {"result": "both"}),
        caused("issue-paper appraisal_commission all", "pause-clock medical 鉴定时间不计入调解期限",
            "start-clock medical-appraisal"), sees("appraise")),
    "the appraisal is in: the clock runs on": from_here(
        appraising, clock_moves({"medical-appraisal": date(2027, 1, 4)}),
        due("appraise", "2027-01-04", role="mediator"), forget(), do("appraise"),
        caused("stop-clock medical-appraisal", "resume-clock medical 鉴定意见书"), sees("invite")),
    "a slow appraisal is urged every week": from_here(
        appraising, forget(), until("2026-12-01"), caused("warn-overdue appraise"), sees("appraise")),
    "not commissioned by both: experts instead": from_here(wanted, do("commission", {"result": "none"}), sees("experts")),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_medical(journey: Journey) -> None:
    walk(journey)
