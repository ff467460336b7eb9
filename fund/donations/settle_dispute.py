"""What Stripe says of a dispute, in the books and in its row."""

from datetime import datetime

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.donations import postings
from fund.donations.models import Dispute, DisputeChange, Donation
from fund.ledger.post_entry import post_entry
from fund.ledger.queries import is_booked
from fund.ledger.rules import Line
from fund.payments import facts
from fund.payments.facts import Payment
from fund.payments.keep_balance_transaction import keep_balance_transaction
from fund.payments.raise_alert import raise_alert

KNOWN = (
    "needs_response", "under_review", "won", "lost", "prevented",
    "warning_needs_response", "warning_under_review", "warning_closed",
)  # fmt: skip
CLOSED = ("won", "lost", "warning_closed", "prevented")


def settle_dispute(
    session: Session,
    donation: Donation,
    campaign: Campaign,
    payment: Payment,
    dispute: facts.Dispute,
    *,
    now: datetime,
) -> bool:
    """Book what moved and keep the dispute's history; whether it is new. An unknown status is kept and alerted."""
    row = session.get(Dispute, dispute.id, with_for_update=True)
    new = row is None
    if row is None:
        row = _new_row(session, donation, dispute)
    if row.status != dispute.status:
        session.add(DisputeChange(dispute_id=row.id, at=now, status=dispute.status))
    row.status, row.reason, row.due_by = dispute.status, dispute.reason, dispute.due_by
    row.is_refundable = dispute.is_charge_refundable
    row.closed_at = (row.closed_at or now) if dispute.status in CLOSED else None
    if dispute.status not in KNOWN:
        raise_alert(
            session, key=f"dispute:{row.id}:{dispute.status}", sentence=f"Dispute {row.id} is {dispute.status}", now=now
        )
    _book_moves(session, row, campaign, dispute, now=now)
    _book_end(session, row, campaign, dispute, converted=_converted(payment), now=now)
    return new


def _new_row(session: Session, donation: Donation, dispute: facts.Dispute) -> Dispute:
    row = Dispute(
        id=dispute.id,
        donation_id=donation.id,
        amount=dispute.amount,
        currency=dispute.currency,
        settled_currency=dispute.currency,
        status="",
        reason=dispute.reason,
        is_refundable=dispute.is_charge_refundable,
        withdrawn=0,
        reinstated=0,
        lost=0,
        created_at=dispute.created,
    )
    session.add(row)
    session.flush()
    return row


def _book_moves(session: Session, row: Dispute, campaign: Campaign, dispute: facts.Dispute, *, now: datetime) -> None:
    """Each balance transaction once. What comes back after a loss was booked takes the loss back."""
    for transaction in dispute.balance_transactions:
        keep_balance_transaction(session, transaction)
        row.settled_currency = transaction.currency
        withdrawn = transaction.amount < 0
        kind = "dispute_withdrawn" if withdrawn else "dispute_reinstated"
        lines = postings.dispute_moved(transaction, slug=campaign.slug)
        if not _post(session, campaign, f"txn:{transaction.id}", kind, lines, transaction.created, now=now):
            continue
        if withdrawn:
            row.withdrawn -= transaction.amount
            continue
        row.reinstated += transaction.amount
        back = min(row.lost, transaction.amount)
        if back:
            row.lost -= back
            lines = postings.dispute_lost(-back, transaction.currency, slug=campaign.slug)
            source = f"dispute:{row.id}:won_back:{transaction.id}"
            _post(session, campaign, source, "dispute_lost", lines, transaction.created, now=now)


def _book_end(
    session: Session, row: Dispute, campaign: Campaign, dispute: facts.Dispute, *, converted: bool, now: datetime
) -> None:
    """Lost: what remains withdrawn is gone. Won at another rate: what remains is a loss or gain of conversion."""
    remaining = row.withdrawn - row.reinstated - row.lost
    if not dispute.balance_transactions or remaining == 0:
        return
    currency = dispute.balance_transactions[0].currency
    moment = max(transaction.created for transaction in dispute.balance_transactions)
    if dispute.status == "lost" and not is_booked(session, f"dispute:{row.id}:lost"):
        lines = postings.dispute_lost(remaining, currency, slug=campaign.slug)
        if _post(session, campaign, f"dispute:{row.id}:lost", "dispute_lost", lines, moment, now=now):
            row.lost += remaining
    elif dispute.status == "won" and converted and row.reinstated:
        lines = postings.dispute_rate_changed(remaining, currency, slug=campaign.slug)
        if _post(session, campaign, f"dispute:{row.id}:fx", "dispute_fx", lines, moment, now=now):
            row.reinstated += remaining


def _converted(payment: Payment) -> bool:
    charge = payment.charge
    if charge is None or charge.balance_transaction is None:
        return False
    return charge.currency != charge.balance_transaction.currency


def _post(  # noqa: PLR0917  a private shorthand
    session: Session,
    campaign: Campaign,
    source: str,
    kind: str,
    lines: list[Line],
    occurred_at: datetime,
    *,
    now: datetime,
) -> bool:
    return post_entry(
        session,
        source=source,
        kind=kind,
        campaign_id=campaign.id,
        postings=lines,
        occurred_at=occurred_at,
        now=now,
    )
