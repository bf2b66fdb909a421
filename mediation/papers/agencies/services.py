"""Papers of a service matter: refused with the remedy, or delivered with a receipt."""

from __future__ import annotations

from typing import Any

from mediation import clock
from mediation.papers.agencies.letterhead import letter, name_of, phone, without
from mediation.papers.pieces import Occasion, builds, iso, parties_of
from mediation.papers.told import told


@builds("service_refusal")
def _service_refusal(occasion: Occasion) -> dict[str, Any]:
    case, said, handled = (
        occasion.case,
        told(occasion.case, "service_matter_tell_refusal"),
        told(occasion.case, "service_matter_handle"),
    )
    assert occasion.party is not None, "told to whoever applied"
    handled = handled if handled.text("result") == "not_granted" else told(case, "service_matter_proofs")
    return {
        **without(letter(case, handled.house), "case_code"),
        "addressee": occasion.party.name,
        "received_on": iso(clock.local(case.registered_at).date()),
        "reason": handled.text("reason", 3000) or said.text("told", 3000) or "不符合办理条件。",
        "remedy": said.text("told"),
        "contact": phone(handled.house),
    }


@builds("service_receipt")
def _service_receipt(occasion: Occasion) -> dict[str, Any]:
    case, handled = occasion.case, told(occasion.case, "service_matter_handle")
    given = told(case, "service_matter_deliver", "service_matter_fetched")
    applicant = next((one for one in parties_of(case)), None)
    door = given.form == "service_matter_deliver"
    return {
        **letter(case),
        "applicant": applicant.name if applicant else "申请人",
        "result": handled.name("result")[:120] or "已办结",
        "document": handled.text("document", 120),
        "manner": "door" if door else "window",
        "address": applicant.address if applicant and door else "",
        "received_by": given.text("received_by", 60) or (applicant.name if applicant else "申请人"),
        "relation": given.text("relation", 60),
        "deliverer": name_of(given, ""),
    }
