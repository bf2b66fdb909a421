"""Who may reach what: a mark on every route, and the `visible_*` queries through which every row is loaded."""

from __future__ import annotations

from mediation.access.agencies import ALWAYS, PARTS, STEP_PART, Sight, reads_parts, view_of, whole_cases
from mediation.access.residents import current_party, party_papers, session_expired
from mediation.access.routes import guard_routes, is_staff, party_only, public, roles, signed_in, staff
from mediation.access.seats import acts_for, know_acts_for, offices, own_agencies, visible_cases, visible_pools
from mediation.access.visible import (
    DISPUTE,
    PUBLIC_COURSE,
    case_or_404,
    offer_or_404,
    paper_or_404,
    readable_cases,
    reads_contacts,
    reads_statements,
    task_or_404,
    visible_attachments,
    visible_doors,
    visible_drafts,
    visible_entries,
    visible_letters,
    visible_meetings,
    visible_notices,
    visible_offers,
    visible_orders,
    visible_papers,
    visible_referrals,
    visible_rooms,
    visible_sealed_notes,
    visible_searches,
    visible_tasks,
)

__all__ = [
    "ALWAYS", "DISPUTE", "PARTS", "PUBLIC_COURSE", "STEP_PART", "Sight", "acts_for", "case_or_404", "current_party",
    "guard_routes", "is_staff", "know_acts_for", "offer_or_404", "offices", "own_agencies", "paper_or_404",
    "party_only", "party_papers", "public", "readable_cases", "reads_contacts", "reads_parts", "reads_statements",
    "roles", "session_expired", "signed_in", "staff", "task_or_404", "view_of", "visible_attachments",
    "visible_cases", "visible_doors", "visible_drafts", "visible_entries", "visible_letters", "visible_meetings", "visible_notices",
    "visible_offers", "visible_orders", "visible_papers", "visible_pools", "visible_referrals", "visible_rooms",
    "visible_sealed_notes", "visible_searches", "visible_tasks", "whole_cases",
]  # fmt: skip
