"""What everybody may know of counsel’s bills: days, hours, amounts, payments. Never what was done, nor its number."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from fund.billing.models import Bill, CounselTransfer


@dataclass(frozen=True, slots=True)
class PublicPayment:
    made_on: date
    kind: str
    """bill_from_bank, bill_from_trust or bill_by_organiser."""
    amount: int


@dataclass(frozen=True, slots=True)
class PublicBill:
    """A standing bill; minor units, hours in hundredths."""

    payments: tuple[PublicPayment, ...]
    issued_on: date
    period_from: date
    period_until: date
    hours_hundredths: int
    tax: int
    amount: int
    file_id: str | None
    """The document, where counsel agreed to show it."""

    @property
    def lacks(self) -> int:
        return self.amount - sum(payment.amount for payment in self.payments)

    @property
    def file_name(self) -> str:
        return f"bill-{self.issued_on.isoformat()}.pdf"


# Built once, and one statement for bills and payments alike: the campaign's page needs it.
_BILLS = (
    select(
        Bill.id,
        CounselTransfer.made_on,
        CounselTransfer.kind,
        CounselTransfer.amount.label("paid"),
        Bill.issued_on,
        Bill.period_from,
        Bill.period_until,
        Bill.hours_hundredths,
        Bill.tax,
        Bill.amount,
        Bill.file_id,
    )
    .outerjoin(CounselTransfer, and_(CounselTransfer.bill_id == Bill.id, CounselTransfer.reversed_at.is_(None)))
    .where(Bill.campaign_id == bindparam("campaign_id"), Bill.reversed_at.is_(None))
    .order_by(Bill.issued_on.desc(), Bill.created_at.desc(), Bill.id, CounselTransfer.made_on, CounselTransfer.id)
)


def public_bills(session: Session, campaign_id: int) -> list[PublicBill]:
    """Newest first, each with its payments, oldest first."""
    found: dict[str, PublicBill] = {}
    payments: dict[str, list[PublicPayment]] = defaultdict(list)
    for id_, made_on, kind, paid, *facts in session.execute(_BILLS, {"campaign_id": campaign_id}):
        if kind is not None:
            payments[id_].append(PublicPayment(made_on, kind, paid))
        found[id_] = PublicBill(tuple(payments[id_]), *facts)
    return list(found.values())
