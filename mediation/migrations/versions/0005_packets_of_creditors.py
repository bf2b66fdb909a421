"""Where both sides are late, each creditor has a packet of its own for the court."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    row = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table("packet") as packet:
        packet.add_column(sa.Column("creditor_id", row, nullable=True))
        packet.create_foreign_key("fk_packet_creditor_id", "party", ["creditor_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("packet") as packet:
        packet.drop_constraint("fk_packet_creditor_id", type_="foreignkey")
        packet.drop_column("creditor_id")
