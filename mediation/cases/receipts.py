"""Plain codes on their way to the one page that shows them: sealed, so that the browser carries what it cannot read."""

from __future__ import annotations

import json

from flask import session

from mediation import crypto
from mediation.models import Case


def remember_codes(case: Case, given: dict[int, str]) -> None:
    """Keep plain codes for the next page alone, sealed: the browser carries them and cannot read them."""
    session["receipt"] = crypto.encrypt(json.dumps([case.id, [[party, code] for party, code in given.items()]]))


def remembered_codes(case: Case) -> dict[int, str]:
    """The codes given to the parties of this case just now, this once; empty for whoever comes later."""
    sealed = session.pop("receipt", None)
    case_id, given = json.loads(crypto.decrypt(sealed)) if sealed else (None, [])
    return dict(map(tuple, given)) if case_id == case.id else {}
