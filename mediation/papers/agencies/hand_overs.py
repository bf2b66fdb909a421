"""Letters of a hand-over: what is returned, and the answer to a supervision order."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from mediation import clock
from mediation.extensions import db
from mediation.models import Paper, Referral, SupervisionOrder
from mediation.papers.agencies.letterhead import letter, name_of, phone
from mediation.papers.pieces import Occasion, about, builds, iso
from mediation.papers.told import told


@builds("return_letter")
def _return_letter(occasion: Occasion) -> dict[str, Any]:
    case, row = occasion.case, about(occasion, Referral)
    sent = select(Paper.number).where(
        Paper.case_id == case.id, Paper.kind == "referral_letter", Paper.subject == f"referral:{row.id}"
    )
    number = told(case, "referral_sign").text("receipt_number", 60)
    return {
        **letter(case, row.to_agency),
        "number": number,
        "to": row.from_agency.name,
        "letter": db.session.scalar(sent.order_by(Paper.id.desc()).limit(1)),
        "received_on": iso(clock.local(row.sent_at).date()) if row.sent_at else None,
        "reason": row.return_reason[:2000] or "不属于本单位职责范围。",
        "contact": phone(row.to_agency),
    }


@builds("supervision_answer")
def _supervision_answer(occasion: Occasion) -> dict[str, Any]:
    row, said = about(occasion, SupervisionOrder), told(occasion.case, "supervision_answer")
    return {
        **letter(occasion.case, row.agency),
        "number": "",
        "to": occasion.case.agency.name,
        "order_number": row.number,
        "step": row.step[:120],
        "situation": said.text("situation", 3000) or row.answer[:3000],
        "measures": said.text("measures", 3000),
        "done_by": said.day("done_by"),
        "answered_by": row.person.name if row.person else name_of(said, ""),
    }
