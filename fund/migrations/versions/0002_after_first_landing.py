"""What the first landing taught: what a failed refund still owes, payments by hand, declined cards."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OWED = sa.text(
    """
    SELECT refund.donation_id, refund.id, entry.source,
           SUM(CASE WHEN posting.side = 'credit' THEN posting.amount ELSE -posting.amount END)
    FROM refund
    JOIN ledger_entry AS entry ON entry.source IN (
        'refund\\:' || refund.stripe_refund_id || '\\:owed',
        'refund\\:' || refund.stripe_refund_id || '\\:owed_settled',
        'refund\\:' || refund.stripe_refund_id || '\\:owed_again')
    JOIN ledger_posting AS posting ON posting.entry_id = entry.id
    JOIN ledger_account AS account ON account.id = posting.account_id AND account.name = 'liab\\:refunds_owed'
    GROUP BY refund.donation_id, refund.id, entry.source, entry.occurred_at, entry.number
    ORDER BY refund.donation_id, entry.occurred_at DESC, entry.number DESC
    """
)


def upgrade():
    op.add_column("refund", sa.Column("owed", sa.BigInteger(), server_default="0", nullable=False))
    _keep_what_is_owed(op.get_bind())
    op.create_table(
        "hand_return",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("donation_id", sa.String(length=36), nullable=False),
        sa.Column("refund_id", sa.String(length=36), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("settles", sa.BigInteger(), nullable=False),
        sa.Column("of_gift", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("paid_on", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["donation_id"], ["donation.id"], name=op.f("fk_hand_return_donation_id_donation")),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_hand_return_refund_id_refund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_return")),
    )
    op.create_index(op.f("ix_hand_return_donation_id"), "hand_return", ["donation_id"], unique=False)
    op.create_index(op.f("ix_hand_return_refund_id"), "hand_return", ["refund_id"], unique=False)
    op.create_table(
        "decline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_decline_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decline")),
    )
    op.create_index("ix_decline_campaign_at", "decline", ["campaign_id", "at"], unique=False)
    op.create_table(
        "slowdown",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_slowdown_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slowdown")),
    )
    op.create_index(op.f("ix_slowdown_campaign_id"), "slowdown", ["campaign_id"], unique=False)


def _keep_what_is_owed(connection):
    """By what is booked. Later refunds paid the oldest debts first, so what is owed of a gift is its newest ones'."""
    rows = connection.execute(OWED).all()
    left = {}
    for donation_id, _refund, _source, amount in rows:
        left[donation_id] = left.get(donation_id, 0) + int(amount)
    for donation_id, refund_id, source, amount in rows:
        owed = min(int(amount), left[donation_id])
        if source.endswith(":owed") and owed > 0:
            connection.execute(
                sa.text("UPDATE refund SET owed = :owed WHERE id = :id"), {"owed": owed, "id": refund_id}
            )
            left[donation_id] -= owed
