"""A draft of the short release, and an administrator's browser that saves as the editor's script does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from mediation.admin.editor import operations
from mediation.extensions import command, db
from mediation.models import Release, ReleaseDraft
from tests.house import House
from tests.person import Person
from tests.small_release import publish_small


@pytest.fixture
def release(house: House) -> Release:
    return publish_small()


@pytest.fixture
def draft(house: House, release: Release) -> ReleaseDraft:
    with command():
        return operations.begin("试改", release, by=house.users["flow_admin"])


@pytest.fixture
def admin(sign_in: Callable[[str], Person], release: Release) -> Person:
    return sign_in("flow_admin")


@pytest.fixture
def sends(draft: ReleaseDraft) -> Callable[..., TestResponse]:
    """`sends(person, "intake.bpmn", content, revision)` as the script sends it."""

    number = draft.id

    def send(person: Person, path: str, content: Any, revision: Any = 0, what: str = "edit") -> TestResponse:
        person.stays()
        address = f"/admin/drafts/{number}/{what}" + (f"/{path}" if path else "")
        return person.client.post(
            address, json={"content": content, "revision": revision},
            headers={"X-CSRFToken": person.token(), "Accept": "application/json"},
        )  # fmt: skip

    return send


def in_draft(draft_id: int, path: str) -> bytes | None:
    """The file as it stands in the draft now."""
    db.session.rollback()
    db.session.expire_all()
    found = db.session.get(ReleaseDraft, draft_id)
    assert found is not None
    return operations.bundle_of(found).files.get(path)
