"""What the people of the demonstration centre answer, step by step: the ordinary way, bent by what a story says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from documents.agreement.terms import shares
from mediation import clock
from mediation.agreements.performance import obligations_to_choose, rest_of
from mediation.demo.stories import Story
from mediation.meetings.bindings import parties_of
from mediation.meetings.booking import free_rooms
from mediation.models import Party, Task

# (story, task, what the form already knows) -> answers, or None: nobody does this step.
Answerer = Callable[[Story, Task, dict[str, Any]], dict[str, Any] | None]
ANSWERERS: dict[str, Answerer] = {}


def answers(element_id: str) -> Callable[[Answerer], Answerer]:
    """Register who answers a step."""

    def register(function: Answerer) -> Answerer:
        ANSWERERS[element_id] = function
        return function

    return register


def answer(story: Story, task: Task, known: dict[str, Any]) -> dict[str, Any] | None:
    """The answers to a task, or None when the story leaves it undone, or nobody of the demonstration knows the step.

    Steps that are called alike in two flows are told apart by the flow: `referral.sign`.
    """
    step = f"{task.process_key}.{task.element_id}"
    way = story.ways.get(step, story.ways.get(task.element_id, {}))
    answerer = ANSWERERS.get(step) or (_told_by_story if step in story.ways else ANSWERERS.get(task.element_id))
    if {step, task.element_id} & set(story.stop) or way.get("skip") or answerer is None:
        return None
    given = answerer(story, task, known)
    if given is None:
        return None
    bent = {key: value for key, value in way.items() if key not in ("answers", "results")}
    return {**known, **given, **bent}


def _told_by_story(_story: Story, _task: Task, _known: dict[str, Any]) -> dict[str, Any]:
    """The story's own words are the whole answer."""
    return {}


def _local_now() -> Any:
    return clock.local(clock.now())


def _plain(**given: Any) -> Answerer:
    return lambda _story, _task, _known: given


ANSWERERS |= {
    "examine": _plain(materials_complete="yes", identity_checked=True, exclusion="none", conclusion="admit"),
    "supplement": lambda _s, _t, _k: {"result": "supplied", "supplied_on": clock.today(), "note": "已补交"},
    "decide_refusal": _plain(
        decision="refuse",
        reason="经审查不属于人民调解的受理范围",
        basis="人民调解法第十七条",
        routes=["sue", "legal_aid"],
        advice="可到诉讼服务中心或者法律援助中心咨询",
    ),
    "silence": _plain(decision="refused", contacts="电话三次、上门一次均未联系上", reason="逾期未答复，视为不同意"),
    "check": _plain(checks=["capacity", "voluntary", "lawful", "third_party", "clear", "figures"], result="pass"),
    "referral.sign": _plain(answer="signed", receipt_number="收 2026-118"),
    "referral.answer": _plain(settled="yes", summary="已依法办理并答复当事人，双方无异议。"),
    "tell_police": lambda _s, _t, _k: {
        "reported_at": _local_now(),
        "station": "幸福派出所",
        "receiver": "值班民警，回执 0921",
    },
    "measures": _plain(measures=["separate", "psychology"], responsible="韩志远", note="分别谈话，安排心理咨询"),
    "review": _plain(result="lifted", risk="blue", note="双方情绪稳定"),
    "risk_response.police_receipt": lambda _s, _t, _k: {
        "received_at": _local_now(),
        "receipt_number": "接报 2026-0921",
        "officer": "彭建军",
        "measures": ["visit"],
    },
    "risk_response.counsel": lambda _s, task, _k: {
        "session_at": _local_now(),
        "sealed": f"{parties_of(task.case)[0].name}近半月失眠，谈到“活着没意思”。约定每天由姐姐陪伴，周五再谈。",
        "readers": [],
        "advice": "watch",
        "next_step": "done",
    },
    "decide_next": _plain(choice="perform", reason="双方同意自行履行", routes_told=True),
    "terminate": lambda _s, _t, known: {
        "cause": known.get("cause") or "not_reached",
        "ended_on": clock.today(),
        "cause_text": "双方分歧较大",
        "routes": ["sue", "arbitration"],
        "limitation": "诉讼时效为三年，请及时主张权利。",
    },
    "chase": lambda _s, _t, _k: {
        "cause": "承办人外出",
        "decision": "again",
        "new_due_on": clock.today() + timedelta(days=5),
    },
    "extend": lambda _s, task, _k: _extension(task),
}


def _extension(task: Task) -> dict[str, Any]:
    rows = [
        {"party": str(party.id), "name": party.name, "answer": "agree", "given_on": clock.today()}
        for party in parties_of(task.case)
    ]
    return {
        "reason": "尚需补充调查",
        "consents": rows,
        "decision": "extend",
        "extended_until": clock.today() + timedelta(days=30),
    }


@answers("confirm_triage")
def _triage(story: Story, task: Task, known: dict[str, Any]) -> dict[str, Any]:
    same = known.get("route") == story.route
    decision = "refer" if story.route == "referral" else "accept"
    given: dict[str, Any] = {
        "decision": decision,
        "kind": task.case.kind,
        "route": story.route,
        "suggestion": "confirmed" if same else "overridden",
    }
    given |= {"committee": story.committee} if decision == "accept" else {"target_agency": story.agency}
    if decision == "refer" or not same:
        given["reason"] = "经与当事人和有关单位沟通确定"
    return given


@answers("referral.send")
def _send(story: Story, _task: Task, known: dict[str, Any]) -> dict[str, Any] | None:
    """Sent once; what came back waits for the dispatcher of today."""
    if known.get("returned"):
        return None
    return {
        "decision": "send",
        "agency": known.get("agency") or story.agency,
        "reason": "属于贵单位职责范围",
        "purpose": "请依法办理，并将结果书面答复本中心",
        "answer_days": 10,
    }


@answers("appoint")
def _appoint(story: Story, _task: Task, _known: dict[str, Any]) -> dict[str, Any]:
    return {"mediator": story.mediator, "chosen_by": "committee", "conflict": "none"}


@answers("consent")
def _consent(story: Story, _task: Task, known: dict[str, Any]) -> dict[str, Any]:
    wanted = story.ways.get("consent", {}).get("answers", ())
    rows = []
    for number, row in enumerate(known["consents"]):
        said = wanted[number] if number < len(wanted) else "agree"
        rows.append({**row, "answer": said, "how": "phone", "given_on": clock.today() if said != "silent" else None})
        if story.facts.get("minor") and number == 0:
            rows[-1] |= {"guardian_name": "贾明", "guardian_phone": "13900000001", "guardian_relation": "父亲"}
    return {"consents": rows, "openness": "closed"}


@answers("tell_rights")
def _rights(_story: Story, _task: Task, known: dict[str, Any]) -> dict[str, Any]:
    rows = [
        {
            **row,
            "told_on": clock.today(),
            "how": "in_person",
            "received": True,
            "service_address": row.get("service_address") or "青禾区",
        }
        for row in known["told"]
    ]
    return {"told": rows, "free_of_charge": True, "sham_warned": True}


@answers("enquire")
def _enquire(_story: Story, task: Task, _known: dict[str, Any]) -> dict[str, Any]:
    began = _local_now() - timedelta(hours=1)
    applicant = parties_of(task.case)[0]
    return {
        "asked": str(applicant.id),
        "started_at": began,
        "ended_at": _local_now(),
        "place": "青禾区综治中心询问室",
        "participants": [],
        "exchanges": [
            {"question": "请说明纠纷的经过。", "answer": task.case.summary},
            {"question": "您的要求是什么？", "answer": task.case.claims},
        ],
        "statement": f"{applicant.name}陈述：{task.case.summary}",
        "caucus": f"{applicant.name}私下表示可以适当让步。",
        "evidence": [{"name": "现场照片", "source": applicant.name}],
        "next_step": "meeting",
    }


@answers("invite")
def _invite(_story: Story, task: Task, known: dict[str, Any]) -> dict[str, Any]:
    """At the time that the form proposes, since everybody is free then, in the first room that is."""
    starts_at = known.get("starts_at") or (_local_now() + timedelta(days=3))
    rooms = [
        room for room in free_rooms(task.case, starts_at, starts_at + timedelta(hours=2)) if room.kind == "mediation"
    ]
    return {
        "starts_at": starts_at,
        "room": str(rooms[0].id) if rooms else None,
        "place": "青禾区综治中心",
        "mode": "room",
        "open_to_public": "no",
        "separate": "yes" if task.case.domestic_violence else "no",
        "invited": [],
        "recorder": "周雨晴",
    }


@answers("hold")
def _hold(_story: Story, _task: Task, known: dict[str, Any]) -> dict[str, Any]:
    return {"result": "held", "began_at": known.get("began_at"), "attendance": known.get("attendance", [])}


@answers("minutes")
def _minutes(story: Story, task: Task, _known: dict[str, Any]) -> dict[str, Any]:
    first, second = parties_of(task.case)[:2]
    return {
        "ended_at": _local_now(),
        "recorder": "周雨晴",
        "issues": task.case.claims,
        "undisputed": task.case.summary,
        "read_back": True,
        "record": (
            f"调解员介绍了纠纷情况并告知权利义务。{first.name}提出请求：{task.case.claims}"
            f"{second.name}陈述了意见。经调解员劝导，双方互谅互让。"
        ),
        "result": "oral" if story.oral else "agreed",
        "result_text": "双方达成一致意见",
    }


@answers("draft")
def _draft(story: Story, task: Task, known: dict[str, Any]) -> dict[str, Any]:
    return {
        **_substance(story, task),
        "responsibility": "双方对事实和责任无异议。",
        "default_clause": "逾期未付的，对方可以就剩余全部款项申请强制执行或者起诉。",
        "copies": known.get("copies") or 3,
        "place": "青禾区综治中心第一调解室",
        "recorder": "周雨晴",
    }


def _substance(story: Story, task: Task) -> dict[str, Any]:
    parties = parties_of(task.case)
    return {
        "facts": task.case.summary,
        "issues": task.case.claims,
        "terms": [_term(story, term, parties) for term in story.terms],
    }


def _term(story: Story, told: dict[str, Any], parties: list[Party]) -> dict[str, Any]:
    """One term of a story: who and whom by their places, money in as many parts as the story says."""
    term = {key: value for key, value in told.items() if key not in ("by", "to")}
    if "by" in told:
        term |= {"debtor": str(parties[told["by"]].id), "creditor": str(parties[told["to"]].id)}
    return term | _paid(story, Decimal(term["amount"])) if term["kind"] == "pay" else term


def _paid(story: Story, total: Decimal) -> dict[str, Any]:
    if not story.instalments:
        return {"amount": total, "when": "now", "how": "transfer"}
    first = clock.today() + timedelta(days=story.first_due)
    paid = {"amount": total, "how": "transfer", "account": "青禾农商银行 6200 0000 0000 0001"}
    if story.instalments == 1:
        return {**paid, "when": "date", "due_on": first}
    parts = enumerate(shares(total, story.instalments))
    plan = "\n".join(f"{first + timedelta(days=number * story.every)} {amount}" for number, amount in parts)
    return {**paid, "when": "instalments", "plan": plan}


@answers("sign")
def _sign(_story: Story, _task: Task, known: dict[str, Any]) -> dict[str, Any]:
    rows = [
        {**row, "signed": "yes", "manner": "seal" if "印章" in row["name"] else "hand", "signed_on": clock.today()}
        for row in known["signatures"]
    ]
    return {"signatures": rows, "next_step": "go_on", "copies_delivered": True}


@answers("record_oral")
def _oral(story: Story, task: Task, _known: dict[str, Any]) -> dict[str, Any]:
    return {**_substance(story, task), "agreed_on": clock.today(), "no_document_wanted": True, "recorder": "周雨晴"}


@answers("precheck")
def _precheck(_story: Story, _task: Task, known: dict[str, Any]) -> dict[str, Any]:
    return {
        "wish": "all",
        "scope": known.get("scope") or "all",
        "explained": True,
        "confirm_terms": known.get("confirm_terms") or "全部条款",
    }


@answers("apply")
def _apply(_story: Story, _task: Task, known: dict[str, Any]) -> dict[str, Any]:
    rows = [{**row, "signed": "yes", "signed_on": clock.today()} for row in known["applicants"]]
    return {
        "court": "court",
        "applicants": rows,
        "annexes": ["agreement", "mediation_proof", "identity"],
        "result": "filed",
        "applied_on": clock.today(),
        "how": "office",
    }


@answers("accept")
def _accept(_story: Story, task: Task, _known: dict[str, Any]) -> dict[str, Any]:
    return {"decision": "accepted", "decided_on": clock.today(), "court_number": f"（2026）青司确受{task.case_id}号"}


@answers("supply")
def _supply(_story: Story, _task: Task, _known: dict[str, Any]) -> dict[str, Any]:
    return {"result": "supplied", "supplied_on": clock.today(), "note": "已补交法院要求的材料"}


@answers("rule")
def _rule(_story: Story, task: Task, _known: dict[str, Any]) -> dict[str, Any]:
    return {
        "decision": "confirmed",
        "decided_on": clock.today(),
        "ruling_number": f"（2026）青民特{100 + task.case_id}号",
        "served": True,
    }


@answers("receive")
def _receive(story: Story, task: Task, known: dict[str, Any]) -> dict[str, Any] | None:
    wanted = story.ways.get("receive", {}).get("results", ())
    obligations = task.case_id and obligations_to_choose(task)
    if not obligations:
        return None
    number = obligations[0].ordinal - 1
    if number < len(wanted) and wanted[number] == "skip":
        return None
    return {
        "obligation": str(obligations[0].id),
        "result": "received",
        "amount": rest_of(obligations[0]),
        "received_on": clock.today(),
        "how": "transfer",
        "voucher": "转账回单",
    }


@answers("verify")
def _verify(_story: Story, _task: Task, known: dict[str, Any]) -> dict[str, Any]:
    return {
        "result": "received",
        "amount": known.get("amount"),
        "received_on": clock.today(),
        "how": "transfer",
        "voucher": "收条",
    }


@answers("urge")
def _urge(_story: Story, _task: Task, known: dict[str, Any]) -> dict[str, Any]:
    return {
        "contacted_on": clock.today(),
        "how": "phone",
        "response": "cured",
        "received_on": clock.today(),
        "amount": known.get("amount"),
    }


@answers("routes")
def _routes(_story: Story, _task: Task, _known: dict[str, Any]) -> dict[str, Any]:
    return {"choice": "payment_order", "rest": "watch", "told_on": clock.today(), "note": "已告知申请支付令的条件"}


@answers("visit")
def _visit(_story: Story, _task: Task, known: dict[str, Any]) -> dict[str, Any]:
    return {
        "result": "done",
        "visited_at": _local_now(),
        "manner": "phone",
        "visited": known.get("visited", []),
        "performance": "performed",
        "satisfaction": "satisfied",
        "signs": "none",
        "opinion": "满意",
    }


@answers("close")
def _close(story: Story, task: Task, known: dict[str, Any]) -> dict[str, Any]:
    reached = "oral" if story.oral else "written"
    outcome = {"refused": "refused", "ended": "not_reached", "referred": "referred"}.get(task.case.status, reached)
    return {
        "outcome": known.get("outcome") or outcome,
        "performance": "performed" if outcome in ("written", "oral") else "none",
        "dossier": ["application", "rights", "identity", "minutes"],
        "retention": "long",
        "summary": "本案已按程序办结，材料齐全，同意归档。",
    }


ANSWERERS["risk_response.report"] = lambda _s, _t, _k: {
    "risk": "red",
    "signs": ["violence", "domestic_violence"],
    "description": "当事人反映对方扬言报复。",
    "endangered": "钟梅",
    "noticed_at": _local_now(),
    "immediate": "已安排分开等候",
    "police": "yes",
}
