from datetime import UTC, date, datetime, time

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.billing.form_id import form_id
from fund.billing.models import Bill, CounselTransfer
from fund.billing.postings import ENTRY_KINDS, money_moved
from fund.campaigns.models import Campaign, Counsel
from fund.ledger.post_entry import post_entry


def book_transfer(
    session: Session,
    campaign: Campaign,
    *,
    kind: str,
    counsel: Counsel,
    amount: int,
    made_on: date,
    nonce: str,
    actor: str,
    now: datetime,
    bill: Bill | None = None,
    successor: Counsel | None = None,
) -> CounselTransfer:
    """Keep a transfer that its use case has checked, with its one entry. The campaign is locked."""
    transfer = CounselTransfer(
        id=form_id(nonce),
        campaign_id=campaign.id,
        kind=kind,
        counsel_id=counsel.id,
        successor_id=successor.id if successor else None,
        bill_id=bill.id if bill else None,
        amount=amount,
        currency=campaign.currency,
        made_on=made_on,
        created_at=now,
        created_by=actor,
    )
    session.add(transfer)
    post_transfer(session, campaign, transfer, amount, source="", occurred_at=_midnight(made_on), now=now)
    record_change(
        session,
        actor=actor,
        action="transfer_counsel_money",
        subject=f"transfer:{transfer.id}",
        after={"kind": kind, "counsel": counsel.id, "bill": transfer.bill_id, "amount": amount},
        now=now,
    )
    return transfer


def post_transfer(
    session: Session,
    campaign: Campaign,
    transfer: CounselTransfer,
    amount: int,
    *,
    source: str,
    occurred_at: datetime,
    now: datetime,
) -> None:
    """`source` is what stands behind `transfer:<id>`; a negative amount undoes it."""
    successor = session.get(Counsel, transfer.successor_id) if transfer.successor_id else None
    post_entry(
        session,
        source=f"transfer:{transfer.id}{source}",
        kind=ENTRY_KINDS[transfer.kind],
        campaign_id=campaign.id,
        postings=money_moved(
            transfer.kind,
            amount,
            campaign.currency,
            slug=campaign.slug,
            counsel=session.get_one(Counsel, transfer.counsel_id).key,
            successor=successor.key if successor else None,
        ),
        occurred_at=occurred_at,
        now=now,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
