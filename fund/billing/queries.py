"""Reads of bills, of work that waits to be billed, and of what counsel holds in trust."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fund.billing.models import Bill, CounselTransfer, Disbursement, TimeEntry
from fund.billing.postings import trust_account
from fund.campaigns.models import Campaign, Counsel
from fund.ledger.queries import balance_of_campaign


@dataclass(frozen=True, slots=True)
class BillState:
    """A bill and what stands of its payments, oldest first."""

    bill: Bill
    payments: tuple[CounselTransfer, ...]

    @property
    def paid(self) -> int:
        return sum(payment.amount for payment in self.payments)

    @property
    def lacks(self) -> int:
        """What is still to pay; nothing once the bill is reversed."""
        return 0 if self.bill.reversed_at else self.bill.amount - self.paid


def counsel_of(session: Session, campaign_id: int) -> list[Counsel]:
    """Everybody who was or is counsel of the campaign, in the order they came."""
    query = select(Counsel).where(Counsel.campaign_id == campaign_id).order_by(Counsel.from_on, Counsel.id)
    return list(session.scalars(query))


def trust_balance(session: Session, campaign: Campaign, counsel: Counsel) -> int:
    """What this counsel holds for the campaign, by the books."""
    return balance_of_campaign(session, campaign.id, trust_account(campaign.slug, counsel.key), campaign.currency)


def unbilled_time(session: Session, campaign_id: int) -> list[TimeEntry]:
    """Oldest first."""
    query = select(TimeEntry).where(TimeEntry.campaign_id == campaign_id, TimeEntry.bill_id.is_(None))
    return list(session.scalars(query.order_by(TimeEntry.worked_on, TimeEntry.id)))


def unbilled_disbursements(session: Session, campaign_id: int) -> list[Disbursement]:
    """Oldest first."""
    query = select(Disbursement).where(Disbursement.campaign_id == campaign_id, Disbursement.bill_id.is_(None))
    return list(session.scalars(query.order_by(Disbursement.paid_on, Disbursement.id)))


def work_of_bill(session: Session, bill_id: str) -> tuple[list[TimeEntry], list[Disbursement]]:
    time = select(TimeEntry).where(TimeEntry.bill_id == bill_id).order_by(TimeEntry.worked_on, TimeEntry.id)
    costs = select(Disbursement).where(Disbursement.bill_id == bill_id).order_by(Disbursement.paid_on, Disbursement.id)
    return list(session.scalars(time)), list(session.scalars(costs))


def bill_state(session: Session, bill: Bill) -> BillState:
    return _with_payments(session, [bill])[0]


def bills_of_campaign(session: Session, campaign_id: int) -> list[BillState]:
    """Newest first, reversed ones among them."""
    query = (
        select(Bill)
        .where(Bill.campaign_id == campaign_id)
        .order_by(Bill.issued_on.desc(), Bill.created_at.desc(), Bill.id)
    )
    return _with_payments(session, session.scalars(query))


def standing_bills(session: Session, campaign_id: int) -> list[BillState]:
    """What counts, newest first."""
    return [state for state in bills_of_campaign(session, campaign_id) if state.bill.reversed_at is None]


def unpaid_bills(session: Session, *, campaign_id: int | None = None, counsel_id: int | None = None) -> list[BillState]:
    """Standing bills that lack something, oldest first; of one campaign or one counsel, or all."""
    paid = (
        select(func.coalesce(func.sum(CounselTransfer.amount), 0))
        .where(CounselTransfer.bill_id == Bill.id, CounselTransfer.reversed_at.is_(None))
        .scalar_subquery()
    )
    query = select(Bill).where(Bill.reversed_at.is_(None), Bill.amount > paid).order_by(Bill.issued_on, Bill.id)
    if campaign_id is not None:
        query = query.where(Bill.campaign_id == campaign_id)
    if counsel_id is not None:
        query = query.where(Bill.counsel_id == counsel_id)
    return _with_payments(session, session.scalars(query))


def transfers_of_campaign(session: Session, campaign_id: int) -> list[CounselTransfer]:
    """Newest first, reversed ones among them."""
    query = select(CounselTransfer).where(CounselTransfer.campaign_id == campaign_id)
    return list(session.scalars(query.order_by(CounselTransfer.created_at.desc(), CounselTransfer.id.desc())))


def _with_payments(session: Session, bills: Iterable[Bill]) -> list[BillState]:
    kept = list(bills)
    if not kept:
        return []
    query = (
        select(CounselTransfer)
        .where(CounselTransfer.bill_id.in_([bill.id for bill in kept]), CounselTransfer.reversed_at.is_(None))
        .order_by(CounselTransfer.made_on, CounselTransfer.created_at, CounselTransfer.id)
    )
    payments: dict[str, list[CounselTransfer]] = defaultdict(list)
    for payment in session.scalars(query):
        payments[payment.bill_id or ""].append(payment)
    return [BillState(bill, tuple(payments[bill.id])) for bill in kept]
