"""The lawyer's side: stages, revisions, counsel, timeline, bills, reviews, and the end of a campaign."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "stored_file",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=140), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    op.create_table(
        "campaign_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_until", sa.Date(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("signatories", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_report_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_report")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_campaign_report_campaign_id_number")),
    )
    op.create_table(
        "campaign_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("schedule_version", sa.Integer(), nullable=True),
        sa.Column("policy_version", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_revision_campaign_id_campaign")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_revision")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_campaign_revision_campaign_id_number")),
    )
    op.create_table(
        "counsel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=140), nullable=False),
        sa.Column("firm", sa.String(length=140), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("consented_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_counsel_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counsel")),
        sa.UniqueConstraint("campaign_id", "key", name=op.f("uq_counsel_campaign_id_key")),
    )
    op.create_index(op.f("ix_counsel_campaign_id"), "counsel", ["campaign_id"], unique=False)
    op.create_table(
        "launch_step",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("settled_by", sa.String(length=40), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_launch_step_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("campaign_id", "name", name=op.f("pk_launch_step")),
    )
    op.create_table(
        "outcome",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=40), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_outcome_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_outcome")),
    )
    op.create_table(
        "passed_on",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("to_campaign_id", sa.Integer(), nullable=True),
        sa.Column("charity", sa.String(length=140), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reversal_reason", sa.String(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_passed_on_positive")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_passed_on_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_passed_on_file_id_stored_file")),
        sa.ForeignKeyConstraint(["to_campaign_id"], ["campaign.id"], name=op.f("fk_passed_on_to_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passed_on")),
    )
    op.create_index(op.f("ix_passed_on_campaign_id"), "passed_on", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_passed_on_to_campaign_id"), "passed_on", ["to_campaign_id"], unique=False)
    op.create_table(
        "surplus_plan",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("live_key", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("surplus", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("gifts", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=40), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(length=40), nullable=False),
        sa.Column("seconded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconded_by", sa.String(length=40), nullable=False),
        sa.Column("worked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("surplus > 0", name=op.f("ck_surplus_plan_positive")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_surplus_plan_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surplus_plan")),
        sa.UniqueConstraint("live_key", name=op.f("uq_surplus_plan_live_key")),
    )
    op.create_index(op.f("ix_surplus_plan_campaign_id"), "surplus_plan", ["campaign_id"], unique=False)
    op.create_table(
        "timeline_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("happens_on", sa.Date(), nullable=False),
        sa.Column("happens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("court", sa.JSON(), nullable=False),
        sa.Column("file_number", sa.String(length=80), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=True),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_timeline_event_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_timeline_event_file_id_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline_event")),
    )
    op.create_index(
        "ix_timeline_event_shown", "timeline_event", ["campaign_id", "state", "happens_on", "id"], unique=False
    )
    op.create_table(
        "bill",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("counsel_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("standing_key", sa.String(length=120), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_until", sa.Date(), nullable=False),
        sa.Column("hours_hundredths", sa.Integer(), nullable=False),
        sa.Column("fees", sa.BigInteger(), nullable=False),
        sa.Column("disbursements", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=True),
        sa.Column("agreed_by", sa.String(length=140), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reversal_reason", sa.String(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_bill_positive")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_bill_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["counsel_id"], ["counsel.id"], name=op.f("fk_bill_counsel_id_counsel")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_bill_file_id_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill")),
        sa.UniqueConstraint("standing_key", name=op.f("uq_bill_standing_key")),
    )
    op.create_index("ix_bill_issued", "bill", ["campaign_id", "issued_on", "id"], unique=False)
    op.create_table(
        "fee_stage",
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("buys", sa.JSON(), nullable=False),
        sa.Column("stretch", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["fee_schedule.id"], name=op.f("fk_fee_stage_schedule_id_fee_schedule")
        ),
        sa.PrimaryKeyConstraint("schedule_id", "position", name=op.f("pk_fee_stage")),
    )
    op.create_table(
        "update_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("update_id", sa.Integer(), nullable=False),
        sa.Column("counsel_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=40), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["counsel_id"], ["counsel.id"], name=op.f("fk_update_review_counsel_id_counsel")),
        sa.ForeignKeyConstraint(
            ["update_id"], ["campaign_update.id"], name=op.f("fk_update_review_update_id_campaign_update")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_update_review")),
    )
    op.create_index(op.f("ix_update_review_update_id"), "update_review", ["update_id"], unique=False)
    op.create_table(
        "counsel_transfer",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("counsel_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("bill_id", sa.String(length=36), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reversal_reason", sa.String(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_counsel_transfer_positive")),
        sa.ForeignKeyConstraint(["bill_id"], ["bill.id"], name=op.f("fk_counsel_transfer_bill_id_bill")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_counsel_transfer_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(["counsel_id"], ["counsel.id"], name=op.f("fk_counsel_transfer_counsel_id_counsel")),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["counsel.id"], name=op.f("fk_counsel_transfer_successor_id_counsel")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counsel_transfer")),
    )
    op.create_index(op.f("ix_counsel_transfer_bill_id"), "counsel_transfer", ["bill_id"], unique=False)
    op.create_index("ix_counsel_transfer_made", "counsel_transfer", ["campaign_id", "made_on", "id"], unique=False)
    op.create_table(
        "disbursement",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("counsel_id", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("narrative", sa.Text(), nullable=False),
        sa.Column("bill_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["bill_id"], ["bill.id"], name=op.f("fk_disbursement_bill_id_bill")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_disbursement_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["counsel_id"], ["counsel.id"], name=op.f("fk_disbursement_counsel_id_counsel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disbursement")),
    )
    op.create_index(op.f("ix_disbursement_bill_id"), "disbursement", ["bill_id"], unique=False)
    op.create_index("ix_disbursement_paid", "disbursement", ["campaign_id", "paid_on", "id"], unique=False)
    op.create_table(
        "time_entry",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("counsel_id", sa.Integer(), nullable=False),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("hours_hundredths", sa.Integer(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("narrative", sa.Text(), nullable=False),
        sa.Column("bill_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["bill_id"], ["bill.id"], name=op.f("fk_time_entry_bill_id_bill")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_time_entry_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["counsel_id"], ["counsel.id"], name=op.f("fk_time_entry_counsel_id_counsel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_entry")),
    )
    op.create_index(op.f("ix_time_entry_bill_id"), "time_entry", ["bill_id"], unique=False)
    op.create_index("ix_time_entry_worked", "time_entry", ["campaign_id", "worked_on", "id"], unique=False)
    op.create_table(
        "surplus_share",
        sa.Column("plan_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("donation_id", sa.String(length=36), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=80), nullable=False),
        sa.Column("refund_id", sa.String(length=36), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["donation_id"], ["donation.id"], name=op.f("fk_surplus_share_donation_id_donation")),
        sa.ForeignKeyConstraint(["plan_id"], ["surplus_plan.id"], name=op.f("fk_surplus_share_plan_id_surplus_plan")),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_surplus_share_refund_id_refund")),
        sa.PrimaryKeyConstraint("plan_id", "position", name=op.f("pk_surplus_share")),
        sa.UniqueConstraint("plan_id", "donation_id", name=op.f("uq_surplus_share_plan_id_donation_id")),
    )
    op.create_index(op.f("ix_surplus_share_donation_id"), "surplus_share", ["donation_id"], unique=False)
    op.create_index("ix_surplus_share_state", "surplus_share", ["plan_id", "state", "position"], unique=False)
    op.add_column("campaign", sa.Column("hours_billed_hundredths", sa.Integer(), server_default="0", nullable=False))
    op.add_column("campaign", sa.Column("hard_cap", sa.BigInteger(), nullable=True))
    op.add_column("campaign", sa.Column("gifts_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("campaign", sa.Column("gifts_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("campaign", sa.Column("court", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("campaign", sa.Column("file_number", sa.String(length=80), server_default="", nullable=False))
    op.add_column("campaign_text", sa.Column("terms", sa.String(), server_default="", nullable=False))
    op.add_column("campaign_update", sa.Column("needs_counsel", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("demand", sa.Column("from_on", sa.Date(), nullable=True))
    op.add_column("demand", sa.Column("until_on", sa.Date(), nullable=True))
    op.add_column("fee_line", sa.Column("hours_high_hundredths", sa.Integer(), nullable=True))
    op.add_column("fee_line", sa.Column("stage", sa.Integer(), server_default="0", nullable=False))
    op.add_column("fee_line", sa.Column("tax_included", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("fee_tax", sa.Column("compound", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("party", sa.Column("from_on", sa.Date(), nullable=True))
    op.add_column("party", sa.Column("until_on", sa.Date(), nullable=True))
    op.add_column("refund", sa.Column("batch", sa.String(length=36), server_default="", nullable=False))
    op.create_index(op.f("ix_refund_batch"), "refund", ["batch"], unique=False)
    op.create_index("ix_ledger_entry_campaign_occurred", "ledger_entry", ["campaign_id", "occurred_at"], unique=False)
