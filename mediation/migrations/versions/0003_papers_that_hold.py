"""Papers that hold: signing and sealing, delivery, dossiers, layouts."""

from __future__ import annotations

import sqlalchemy as sa  # noqa: F401
from alembic import op  # noqa: F401

import mediation.models.types  # noqa: F401

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    signing()
    terms_and_ledger()
    delivery()
    dossiers()


def signing() -> None:
    """Hands, ink, seals."""


def terms_and_ledger() -> None:
    """Structured terms, changes by consent."""


def delivery() -> None:
    """How a paper reached its addressee."""


def dossiers() -> None:
    """Sealed dossiers, archives."""


def downgrade() -> None:
    """Nothing yet."""
