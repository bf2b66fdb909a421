"""What a debtor promises when urged, beside the due date that was signed; and which way to the court was chosen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import mediation.models.types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    row, moment = sa.BigInteger().with_variant(sa.Integer(), "sqlite"), mediation.models.types.Moment(timezone=True)
    with op.batch_alter_table("obligation") as obligation:
        obligation.add_column(sa.Column("route", sa.String(14), nullable=False, server_default=""))
    op.create_table(
        "promise",
        sa.Column("id", row, nullable=False),
        sa.Column("obligation_id", row, nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("how", sa.String(10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("task_id", sa.String(36), nullable=True),
        sa.Column("recorded_by_id", row, nullable=False),
        sa.Column("recorded_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["obligation_id"], ["obligation.id"], name="fk_promise_obligation_id"),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name="fk_promise_recorded_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_promise"),
    )
    op.create_index("ix_promise_obligation_id", "promise", ["obligation_id"])
    op.create_index("ix_promise_task_id", "promise", ["task_id"])


def downgrade() -> None:
    op.drop_table("promise")
    with op.batch_alter_table("obligation") as obligation:
        obligation.drop_column("route")
