"""The hand-over that every agency meets: sent, signed for or returned, answered, late, called back, decided."""

from __future__ import annotations

import pytest

from tests.processes.journey import Journey, caused, do, due, forget, from_here, message, over, sees, until, walk

ASKED = {"agency": "housing", "purpose": "查看施工许可", "answer_days": 5, "expects_answer": True}
SEND = {"decision": "send", "agency": "housing", "answer_days": 5}
begun = Journey("referral", (), variables=ASKED)
sent = from_here(begun, do("send", SEND))
signed = from_here(sent, do("sign", {"answer": "signed", "round": "1"}))
returned = from_here(sent, do("sign", {"answer": "returned", "round": "1"}))
returned_twice = from_here(
    returned, do("send", {**SEND, "agency": "land"}), do("sign", {"answer": "returned", "round": "2"})
)

JOURNEYS = {
    "the dispatcher says what is expected and the agency gets a day to sign": from_here(
        begun, due("send", "2026-11-24", role="dispatcher"), do("send", SEND),
        caused("send-referral True", "issue-paper referral_letter agency"),
        sees("sign"), due("sign", "2026-11-24", role="liaison", group="housing")),
    "what was signed for is answered in the time that was set": from_here(
        signed, due("answer", "2026-11-30", role="liaison", group="housing"), do("answer", {"settled": "yes"}),
        over()),
    "an answer that settles nothing is an answer, too": from_here(signed, do("answer", {"settled": "no"}), over()),
    "who wants no answer goes on when it is signed for": Journey(
        "referral", (do("send", SEND), do("sign", {"answer": "signed", "round": "1"}), over()),
        variables={**ASKED, "expects_answer": False}),
    "what comes back goes to the dispatcher, who sends it elsewhere": from_here(
        returned, sees("send"), do("send", {**SEND, "agency": "land"}), sees("sign"),
        due("sign", "2026-11-24", role="liaison", group="land")),
    "nobody is asked after all": from_here(begun, do("send", {"decision": "withdraw"}), over()),
    "returned twice it goes to the director": from_here(
        returned_twice, sees("decide"), due("decide", "2026-11-24", role="director")),
    "the director assigns it": from_here(
        returned_twice, do("decide", {"choice": "bind"}), sees("send"), do("send", SEND), sees("sign")),
    "the director keeps it": from_here(returned_twice, do("decide", {"choice": "keep"}), over()),
    "the director wants all at one table": from_here(returned_twice, do("decide", {"choice": "joint_meeting"}), over()),
    "late with signing: reminded, then supervised": from_here(
        sent, forget(), until("2026-11-25"), caused("remind-receiver sign"), until("2026-11-26"),
        caused("order-supervision 签收转办事项 housing"), sees("sign")),
    "late with the answer: reminded, then supervised": from_here(
        signed, forget(), until("2026-12-01"), caused("remind-receiver answer"), until("2026-12-02"),
        caused("order-supervision 答复转办事项 housing"), sees("answer")),
    "help with one matter while the case goes on": Journey(
        "assistance", (do("send", SEND), do("sign", {"answer": "signed", "round": "1"}),
                       do("answer", {"settled": "yes"}), over())),
    "called back before it is signed for": from_here(sent, message("referral-withdrawn"), over()),
    "called back before it is answered": from_here(signed, message("referral-withdrawn"), over()),
}  # fmt: skip


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
def test_referral(journey: Journey) -> None:
    walk(journey)
