"""Members by registration and import, mailings in batches, bounces, preferences, and what updates gained."""

from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "mail_day",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_mail_day")),
    )
    op.create_table(
        "mail_domain",
        sa.Column("domain_index", sa.String(length=64), nullable=False),
        sa.Column("wait_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_a_row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("domain_index", name=op.f("pk_mail_domain")),
    )
    op.create_table(
        "mail_pace",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_day", sa.Integer(), nullable=False),
        sa.Column("warm_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_pace")),
    )
    op.create_table(
        "member_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("encoding", sa.String(length=20), nullable=False),
        sa.Column("delimiter", sa.String(length=1), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("forecast", sa.JSON(), nullable=False),
        sa.Column("consent_text", sa.String(), nullable=False),
        sa.Column("consent_source", sa.String(length=120), nullable=False),
        sa.Column("consent_on", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("suppressed", sa.Integer(), nullable=False),
        sa.Column("invites_a_day", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_import")),
    )
    op.create_table(
        "opt_out",
        sa.Column("address_index", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=12), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_index", "campaign_id", "topic", name=op.f("pk_opt_out")),
    )
    op.create_table(
        "opt_in",
        sa.Column("address_index", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_index", "campaign_id", "topic", name=op.f("pk_opt_in")),
    )
    _keep_who_left()
    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_index", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("wants_updates", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
    )
    op.create_index(op.f("ix_registration_address_index"), "registration", ["address_index"], unique=False)
    op.create_table(
        "suppression",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address_index", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression")),
        sa.UniqueConstraint("address_index", name=op.f("uq_suppression_address_index")),
    )
    op.create_table(
        "import_chunk",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["member_import.id"], name=op.f("fk_import_chunk_import_id_member_import")
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_import_chunk")),
    )
    op.create_table(
        "import_refusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["member_import.id"], name=op.f("fk_import_refusal_import_id_member_import")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_refusal")),
    )
    op.create_index("ix_import_refusal_line", "import_refusal", ["import_id", "line"], unique=False)
    op.create_table(
        "mailing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("groups", sa.String(length=40), nullable=False),
        sa.Column("topic", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("paused_from", sa.String(length=9), nullable=False),
        sa.Column("pause_reason", sa.String(length=12), nullable=False),
        sa.Column("filled_to", sa.String(length=60), nullable=False),
        sa.Column("queued", sa.Integer(), nullable=False),
        sa.Column("complaints", sa.Integer(), nullable=False),
        sa.Column("complaints_accepted", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_mailing_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
        sa.UniqueConstraint("key", name=op.f("uq_mailing_key")),
    )
    op.create_index(op.f("ix_mailing_campaign_id"), "mailing", ["campaign_id"], unique=False)
    op.create_table(
        "address_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_index", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("old_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("new_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_address_change_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_change")),
    )
    op.create_index(op.f("ix_address_change_address_index"), "address_change", ["address_index"], unique=False)
    op.create_index(op.f("ix_address_change_member_id"), "address_change", ["member_id"], unique=False)
    op.create_table(
        "mail_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("next_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_mail_batch_mailing_id_mailing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_batch")),
    )
    op.create_index("ix_mail_batch_due", "mail_batch", ["next_due"], unique=False)
    op.create_index(op.f("ix_mail_batch_mailing_id"), "mail_batch", ["mailing_id"], unique=False)
    op.create_table(
        "password_reset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_password_reset_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_reset")),
    )
    op.create_index(op.f("ix_password_reset_member_id"), "password_reset", ["member_id"], unique=False)
    op.create_table(
        "update_attachment",
        sa.Column("update_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_update_attachment_file_id_stored_file")),
        sa.ForeignKeyConstraint(
            ["update_id"], ["campaign_update.id"], name=op.f("fk_update_attachment_update_id_campaign_update")
        ),
        sa.PrimaryKeyConstraint("update_id", "file_id", name=op.f("pk_update_attachment")),
    )
    op.create_table(
        "update_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("update_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["update_id"], ["campaign_update.id"], name=op.f("fk_update_correction_update_id_campaign_update")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_update_correction")),
        sa.UniqueConstraint("update_id", "number", name=op.f("uq_update_correction_update_id_number")),
    )

    with op.batch_alter_table("delivery") as delivery:
        delivery.add_column(sa.Column("mailing_id", sa.Integer(), nullable=True))
        delivery.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
        delivery.add_column(sa.Column("domain_index", sa.String(length=64), server_default="", nullable=False))
        delivery.add_column(sa.Column("message_hash", sa.String(length=40), server_default="", nullable=False))
        delivery.alter_column(
            "state", existing_type=sa.String(length=9), type_=sa.String(length=10), existing_nullable=False
        )
        delivery.drop_index("ix_delivery_state_due")
        alone = sa.text("batch_id IS NULL")
        delivery.create_index(
            "ix_delivery_state_due", ["state", "bulk", "due_at"], sqlite_where=alone, postgresql_where=alone
        )
        trouble = sa.text("state IN ('failed', 'unsure')")
        delivery.create_index("ix_delivery_trouble", ["state", "id"], sqlite_where=trouble, postgresql_where=trouble)
        delivery.create_index("ix_delivery_batch_state", ["batch_id", "state"], unique=False)
        delivery.create_index(op.f("ix_delivery_mailing_id"), ["mailing_id"], unique=False)
        delivery.create_index(op.f("ix_delivery_message_hash"), ["message_hash"], unique=False)
        delivery.create_foreign_key(op.f("fk_delivery_batch_id_mail_batch"), "mail_batch", ["batch_id"], ["id"])
        delivery.create_foreign_key(op.f("fk_delivery_mailing_id_mailing"), "mailing", ["mailing_id"], ["id"])
    _tell_message_ids()
    op.create_table(
        "mail_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("hard", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_mail_report_delivery_id_delivery")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_report")),
        sa.UniqueConstraint("key", name=op.f("uq_mail_report_key")),
    )
    op.create_index(op.f("ix_mail_report_delivery_id"), "mail_report", ["delivery_id"], unique=False)
    op.create_table(
        "mail_hook_token",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_mail_hook_token")),
    )

    _add_reference("mail_body", "mailing_id", "mailing")
    op.add_column("mail_body", sa.Column("variant", sa.String(length=10), server_default="", nullable=False))
    op.create_index(op.f("ix_mail_body_mailing_id"), "mail_body", ["mailing_id"], unique=False)
    _add_reference("member", "import_id", "member_import")
    op.add_column("member", sa.Column("consent_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("member", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_member_import_id"), "member", ["import_id"], unique=False)
    op.add_column("campaign_update", sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("campaign_update", sa.Column("public_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("campaign_update", sa.Column("zone", sa.String(length=40), server_default="UTC", nullable=False))
    op.add_column("campaign_update", sa.Column("mail_donors", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("campaign_update", sa.Column("figures", sa.JSON(), nullable=True))
    op.add_column("campaign_update", sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("campaign_update", sa.Column("pinned", sa.Boolean(), server_default="0", nullable=False))
    wake = sa.table("wake", sa.column("inbox"), sa.column("armed"))
    op.bulk_insert(wake, [{"inbox": "mailings", "armed": 0}])
    pace = sa.table("mail_pace", sa.column("id"), sa.column("free_at", sa.DateTime()), sa.column("first_day"))
    op.bulk_insert(pace, [{"id": 1, "free_at": datetime(2026, 1, 1), "first_day": 0}])  # noqa: DTZ001


def _keep_who_left():
    """Who left before has left as a donor as well; a follower who became a member afterwards and wants news has not."""
    op.execute(
        "INSERT INTO opt_out (address_index, campaign_id, topic, since)"
        " SELECT address_index, campaign_id, topic, left_at FROM follower"
        " CROSS JOIN (SELECT 'updates' AS topic UNION SELECT 'closing') AS topics"
        " WHERE state = 'left' AND left_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM member"
        " WHERE member.address_index = follower.address_index AND member.wants_updates)"
    )
    op.execute(
        "INSERT INTO opt_out (address_index, campaign_id, topic, since)"
        " SELECT DISTINCT member.address_index, donation.campaign_id, topic, member.created_at FROM member"
        " JOIN donation ON donation.email_index = member.address_index"
        " CROSS JOIN (SELECT 'updates' AS topic UNION SELECT 'closing') AS topics"
        " WHERE NOT member.wants_updates AND donation.state IN ('paid', 'refunded_in_part', 'disputed')"
        " ON CONFLICT DO NOTHING"
    )


def _tell_message_ids():
    """Of mails that left before: what comes back names them."""
    hashed = "left(encode(sha256(convert_to('message-id:' || key, 'UTF8')), 'hex'), 40)"
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        hashed = "message_hash_of(key)"
        bind.connection.driver_connection.create_function(
            "message_hash_of", 1, lambda key: sha256(b"message-id:" + key.encode()).hexdigest()[:40]
        )
    op.execute(f"UPDATE delivery SET message_hash = {hashed}")  # noqa: S608  two texts of our own


def _add_reference(table, column, to):
    """In words that both databases know: a table that others refer to cannot be written anew on SQLite."""
    name = f"fk_{table}_{column}_{to}"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT {name} REFERENCES {to} (id)")
