"""Papers that hold: signing and sealing, delivery, dossiers, layouts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import mediation.models.types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
STEPS_OF_CLOCKS = {"deadline": ("task_id", "stop_task_id"), "deadline_pause": ("task_id", "end_task_id")}


def upgrade() -> None:
    signing()
    terms_and_ledger()
    delivery()
    dossiers()
    clocks()


def signing() -> None:
    """Hands, ink, seals."""
    with op.batch_alter_table("paper") as table:
        table.add_column(sa.Column("annex", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("boxes", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("hand_words", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("disagrees", sa.JSON(), nullable=False, server_default="[]"))
        table.create_index("ix_paper_sha256", ["sha256"])
        table.alter_column("audience", existing_type=sa.String(8), type_=sa.String(30), existing_nullable=False)
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
    ledger()


def ledger() -> None:
    """Changes by consent, receipts that a party handed in, consents to confirmation, packets for the court."""
    row, moment = mediation.models.types.Id, mediation.models.types.Moment(timezone=True)
    op.create_table(
        "agreement_change",
        sa.Column("id", row, nullable=False),
        sa.Column("case_id", row, nullable=False),
        sa.Column("agreement_id", row, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("accounts", mediation.models.types.SecretJson(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("accounts_before", mediation.models.types.SecretJson(), nullable=True),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("consents", sa.JSON(), nullable=False),
        sa.Column("drafted_by_id", row, nullable=False),
        sa.Column("drafted_at", moment, nullable=False),
        sa.Column("effective_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_agreement_change_case_id"),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name="fk_agreement_change_agreement_id"),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["user_account.id"], name="fk_agreement_change_drafted_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_agreement_change"),
    )
    op.create_index("ix_agreement_change_case_id", "agreement_change", ["case_id"])
    op.create_index("ix_agreement_change_agreement_id", "agreement_change", ["agreement_id"])
    with op.batch_alter_table("obligation") as obligation:
        for name in ("change_id", "replaced_by_id"):
            obligation.add_column(sa.Column(name, row, nullable=True))
            obligation.create_foreign_key(f"fk_obligation_{name}", "agreement_change", [name], ["id"])
    with op.batch_alter_table("receipt") as receipt:
        receipt.add_column(sa.Column("status", sa.String(8), server_default="counts", nullable=False))
        receipt.add_column(sa.Column("party_id", row, nullable=True))
        receipt.create_foreign_key("fk_receipt_party_id", "party", ["party_id"], ["id"])
    op.create_table(
        "confirmation_consent",
        sa.Column("id", row, nullable=False),
        sa.Column("agreement_id", row, nullable=False),
        sa.Column("party_id", row, nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("how", sa.String(10), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("recorded_by_id", row, nullable=True),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name="fk_confirmation_consent_agreement_id"),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name="fk_confirmation_consent_party_id"),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name="fk_confirmation_consent_recorded_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_confirmation_consent"),
        sa.UniqueConstraint("agreement_id", "party_id", name="uq_confirmation_consent_agreement_id"),
    )
    op.create_index("ix_confirmation_consent_agreement_id", "confirmation_consent", ["agreement_id"])
    op.create_table(
        "packet",
        sa.Column("id", row, nullable=False),
        sa.Column("case_id", row, nullable=False),
        sa.Column("agreement_id", row, nullable=False),
        sa.Column("way", sa.String(14), nullable=False),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("try_after", moment, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("contents", sa.JSON(), nullable=False),
        sa.Column("by_id", row, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("ready_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_packet_case_id"),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name="fk_packet_agreement_id"),
        sa.ForeignKeyConstraint(["sha256"], ["stored_file.sha256"], name="fk_packet_sha256"),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name="fk_packet_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_packet"),
    )
    op.create_index("ix_packet_case_id", "packet", ["case_id"])
    op.create_index("ix_packet_queue", "packet", ["status", "try_after"])


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
    row, moment = mediation.models.types.Id, mediation.models.types.Moment(timezone=True)
    op.create_table(
        "delivery",
        sa.Column("id", row, nullable=False),
        sa.Column("case_id", row, nullable=False),
        sa.Column("paper_id", row, nullable=False),
        sa.Column("party_id", row, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("manner", sa.String(8), nullable=False),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("address", mediation.models.types.Secret(), nullable=True),
        sa.Column("carrier_id", row, nullable=True),
        sa.Column("reference", sa.String(60), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=True),
        sa.Column("code_sent_at", moment, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done_at", moment, nullable=True),
        sa.Column("received_by", sa.String(60), nullable=False),
        sa.Column("relation", sa.String(60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("witnesses", sa.JSON(), nullable=False),
        sa.Column("ink_sha256", sa.String(64), nullable=True),
        sa.Column("photo_id", row, nullable=True),
        sa.Column("proof_id", row, nullable=True),
        sa.Column("created_by_id", row, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_delivery_case_id"),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name="fk_delivery_paper_id"),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name="fk_delivery_party_id"),
        sa.ForeignKeyConstraint(["carrier_id"], ["user_account.id"], name="fk_delivery_carrier_id"),
        sa.ForeignKeyConstraint(["ink_sha256"], ["stored_file.sha256"], name="fk_delivery_ink_sha256"),
        sa.ForeignKeyConstraint(["photo_id"], ["attachment.id"], name="fk_delivery_photo_id"),
        sa.ForeignKeyConstraint(["proof_id"], ["paper.id"], name="fk_delivery_proof_id"),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name="fk_delivery_created_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("token_hash", name="uq_delivery_token_hash"),
        sa.UniqueConstraint("paper_id", "party_id", "ordinal", name="uq_delivery_paper_id"),
    )
    op.create_index("ix_delivery_case_id", "delivery", ["case_id"])
    op.create_index("ix_delivery_carrier", "delivery", ["carrier_id", "status", "planned_on"])


def dossiers() -> None:
    """Dossiers as they were bound and sealed; archives of cases from other systems."""
    row, moment = mediation.models.types.Id, mediation.models.types.Moment(timezone=True)
    op.create_table(
        "dossier",
        sa.Column("id", row, nullable=False),
        sa.Column("case_id", row, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("stage", sa.String(8), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("try_after", moment, nullable=False),
        sa.Column("asked_by_id", row, nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("made_at", moment, nullable=True),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("papers", sa.Integer(), nullable=False),
        sa.Column("scans", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("retention", sa.String(10), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("told", mediation.models.types.Secret(), nullable=True),
        sa.Column("journal", mediation.models.types.Secret(), nullable=True),
        sa.Column("manifest", mediation.models.types.Secret(), nullable=True),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_dossier_case_id"),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name="fk_dossier_asked_by_id"),
        sa.ForeignKeyConstraint(["sha256"], ["stored_file.sha256"], name="fk_dossier_sha256"),
        sa.PrimaryKeyConstraint("id", name="pk_dossier"),
        sa.UniqueConstraint("case_id", "ordinal", name="uq_dossier_case_id"),
    )
    op.create_index("ix_dossier_queue", "dossier", ["status", "try_after"])
    op.create_index("ix_dossier_sha256", "dossier", ["sha256"])
    op.create_table(
        "archived_case",
        sa.Column("id", row, nullable=False),
        sa.Column("agency_id", row, nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("body", sa.String(120), nullable=False),
        sa.Column("fingerprint", sa.String(80), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("told", mediation.models.types.Secret(), nullable=False),
        sa.Column("journal", mediation.models.types.Secret(), nullable=False),
        sa.Column("manifest", mediation.models.types.Secret(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("imported_at", moment, nullable=False),
        sa.Column("imported_by", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_archived_case_agency_id"),
        sa.PrimaryKeyConstraint("id", name="pk_archived_case"),
        sa.UniqueConstraint("code", name="uq_archived_case_code"),
    )
    op.create_index("ix_archived_case_agency_id", "archived_case", ["agency_id"])
    op.create_table(
        "archived_file",
        sa.Column("id", row, nullable=False),
        sa.Column("archived_id", row, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(80), nullable=False),
        sa.Column("what", sa.String(10), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("media", sa.String(80), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["archived_id"], ["archived_case.id"], name="fk_archived_file_archived_id"),
        sa.ForeignKeyConstraint(["sha256"], ["stored_file.sha256"], name="fk_archived_file_sha256"),
        sa.PrimaryKeyConstraint("id", name="pk_archived_file"),
        sa.UniqueConstraint("archived_id", "ordinal", name="uq_archived_file_archived_id"),
    )
    op.create_index("ix_archived_file_sha256", "archived_file", ["sha256"])


def clocks() -> None:
    """Which step started, stopped and paused a clock: taken back, it takes that back, too."""
    for table, names in STEPS_OF_CLOCKS.items():
        with op.batch_alter_table(table) as batch:
            for name in names:
                batch.add_column(sa.Column(name, sa.String(36), nullable=True))


def downgrade() -> None:
    for table, names in STEPS_OF_CLOCKS.items():
        with op.batch_alter_table(table) as batch:
            for name in names:
                batch.drop_column(name)
    for name in ("archived_file", "archived_case", "dossier"):
        op.drop_table(name)
    op.drop_table("delivery")
    no_ledger()
    no_terms()
    no_signing()


def no_signing() -> None:
    for name in ("seal_certificate", "paper_version", "signing_link", "hand"):
        op.drop_table(name)
    op.execute("UPDATE paper SET audience = 'file' WHERE audience NOT IN ('shared', 'party', 'court')")
    with op.batch_alter_table("paper") as table:
        table.alter_column("audience", existing_type=sa.String(30), type_=sa.String(8), existing_nullable=False)
        table.drop_index("ix_paper_sha256")
        for name in ("disagrees", "hand_words", "boxes", "annex"):
            table.drop_column(name)


def no_ledger() -> None:
    """Rows that a change put aside lose that word, and count as excused."""
    op.execute("UPDATE obligation SET status = 'excused' WHERE status = 'replaced'")
    op.execute("DELETE FROM receipt WHERE status <> 'counts'")
    op.drop_table("packet")
    op.drop_table("confirmation_consent")
    with op.batch_alter_table("receipt") as receipt:
        receipt.drop_constraint("fk_receipt_party_id", type_="foreignkey")
        receipt.drop_column("party_id")
        receipt.drop_column("status")
    with op.batch_alter_table("obligation") as obligation:
        for name in ("replaced_by_id", "change_id"):
            obligation.drop_constraint(f"fk_obligation_{name}", type_="foreignkey")
            obligation.drop_column(name)
    op.drop_table("agreement_change")


def no_terms() -> None:
    op.drop_table("understanding")
    with op.batch_alter_table("obligation") as obligation:
        obligation.drop_column("term")
    with op.batch_alter_table("agreement") as agreement:
        agreement.drop_column("findings")
        agreement.drop_column("accounts")
