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
    with op.batch_alter_table("paper") as table:
        table.add_column(sa.Column("boxes", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("hand_words", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("disagrees", sa.JSON(), nullable=False, server_default="[]"))
        table.create_index("ix_paper_sha256", ["sha256"])
    row, moment = sa.BigInteger().with_variant(sa.Integer(), "sqlite"), mediation.models.types.Moment(timezone=True)
    op.create_table(
        "hand",
        sa.Column("id", row, nullable=False),
        sa.Column("paper_id", row, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(20), nullable=False),
        sa.Column("words", sa.String(160), nullable=False),
        sa.Column("who", sa.String(10), nullable=False),
        sa.Column("party_id", row, nullable=True),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("manner", sa.String(12), nullable=False),
        sa.Column("identity", sa.String(12), nullable=False),
        sa.Column("identity_note", sa.String(120), nullable=False),
        sa.Column("checked_by_id", row, nullable=True),
        sa.Column("given_at", moment, nullable=True),
        sa.Column("device", sa.String(120), nullable=False),
        sa.Column("ink_sha256", sa.String(64), nullable=True),
        sa.Column("scan_id", row, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name="fk_hand_paper_id"),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name="fk_hand_party_id"),
        sa.ForeignKeyConstraint(["checked_by_id"], ["user_account.id"], name="fk_hand_checked_by_id"),
        sa.ForeignKeyConstraint(["ink_sha256"], ["stored_file.sha256"], name="fk_hand_ink_sha256"),
        sa.ForeignKeyConstraint(["scan_id"], ["attachment.id"], name="fk_hand_scan_id"),
        sa.PrimaryKeyConstraint("id", name="pk_hand"),
        sa.UniqueConstraint("paper_id", "field", name="uq_hand_paper_id"),
    )
    op.create_index("ix_hand_status", "hand", ["status", "paper_id"])
    op.create_table(
        "signing_link",
        sa.Column("id", row, nullable=False),
        sa.Column("hand_id", row, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_by_id", row, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["hand_id"], ["hand.id"], name="fk_signing_link_hand_id"),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name="fk_signing_link_created_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_signing_link"),
        sa.UniqueConstraint("token_hash", name="uq_signing_link_token_hash"),
    )
    op.create_index("ix_signing_link_hand_id", "signing_link", ["hand_id"])
    op.create_table(
        "paper_version",
        sa.Column("id", row, nullable=False),
        sa.Column("paper_id", row, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(8), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name="fk_paper_version_paper_id"),
        sa.ForeignKeyConstraint(["sha256"], ["stored_file.sha256"], name="fk_paper_version_sha256"),
        sa.PrimaryKeyConstraint("id", name="pk_paper_version"),
        sa.UniqueConstraint("paper_id", "ordinal", name="uq_paper_version_paper_id"),
    )
    op.create_index("ix_paper_version_sha256", "paper_version", ["sha256"])
    op.create_table(
        "seal_certificate",
        sa.Column("id", row, nullable=False),
        sa.Column("agency_id", row, nullable=True),
        sa.Column("origin", sa.String(14), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("issuer", sa.String(120), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("chain", sa.JSON(), nullable=False),
        sa.Column("key", mediation.models.types.Secret(), nullable=True),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("begins_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("retired_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_seal_certificate_agency_id"),
        sa.PrimaryKeyConstraint("id", name="pk_seal_certificate"),
    )
    op.create_index("ix_seal_certificate_agency_id", "seal_certificate", ["agency_id"])


def terms_and_ledger() -> None:
    """Structured terms, changes by consent."""
    terms()


def terms() -> None:
    """Terms in parts: their accounts apart and encrypted, what the checker found, what each party has understood."""
    with op.batch_alter_table("agreement") as agreement:
        agreement.add_column(sa.Column("accounts", mediation.models.types.SecretJson(), nullable=True))
        agreement.add_column(sa.Column("findings", sa.JSON(), server_default="[]", nullable=False))
    with op.batch_alter_table("obligation") as obligation:
        obligation.add_column(sa.Column("term", sa.Integer(), nullable=True))
    op.create_table(
        "understanding",
        sa.Column("id", mediation.models.types.Id, nullable=False),
        sa.Column("agreement_id", mediation.models.types.Id, nullable=False),
        sa.Column("party_id", mediation.models.types.Id, nullable=False),
        sa.Column("term", sa.Integer(), nullable=False),
        sa.Column("at", mediation.models.types.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_understanding_agreement_id_agreement")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_understanding_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_understanding")),
        sa.UniqueConstraint("agreement_id", "party_id", "term", name=op.f("uq_understanding_agreement_id")),
    )
    op.create_index(op.f("ix_understanding_agreement_id"), "understanding", ["agreement_id"])


def delivery() -> None:
    """How a paper reached its addressee."""


def dossiers() -> None:
    """Sealed dossiers, archives."""


def downgrade() -> None:
    no_terms()
    no_signing()


def no_signing() -> None:
    for name in ("seal_certificate", "paper_version", "signing_link", "hand"):
        op.drop_table(name)
    with op.batch_alter_table("paper") as table:
        table.drop_index("ix_paper_sha256")
        for name in ("disagrees", "hand_words", "boxes"):
            table.drop_column(name)


def no_terms() -> None:
    op.drop_table("understanding")
    with op.batch_alter_table("obligation") as obligation:
        obligation.drop_column("term")
    with op.batch_alter_table("agreement") as agreement:
        agreement.drop_column("findings")
        agreement.drop_column("accounts")
