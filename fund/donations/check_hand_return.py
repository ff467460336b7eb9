"""What may be paid to a donor by hand in place of a refund, before anything is booked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from fund.donations.models import Donation, HandReturn, Refund
from fund.donations.plan_refund import refundable
from fund.donations.queries_of_returns import hand_returns_of, refunds_of
from fund.donations.rules import OPEN_REFUNDS, in_gift_currency
from fund.kit.errors import Refusal
from fund.kit.money import format_money
from fund.payments.queries import line_of_charge

METHODS = ("bank", "cheque", "cash")


@dataclass(frozen=True, slots=True)
class Returnable:
    """`left` is what may still be paid by hand for one refund, minor units of the books' currency."""

    refund: Refund
    donation: Donation
    left: int
    currency: str
    booked: int
    """The whole gift as it was booked."""

    def of_gift(self, amount: int) -> int:
        """An amount that goes back by hand, as the same part of the gift in the gift's own currency."""
        if self.currency == self.donation.currency:
            return amount
        return in_gift_currency(amount, given=self.donation.amount, booked=self.booked)


def returnable(session: Session, *, refund_id: str) -> Returnable:
    """Raises Refusal when nothing of this refund can be paid by hand."""
    refund = session.get(Refund, refund_id)
    if refund is None:
        raise Refusal("There is no such refund.", status=404)
    if refund.state not in ("failed", "refused"):
        raise Refusal("Only what a refund could not give back is paid by hand.", status=409)
    donation = session.get_one(Donation, refund.donation_id)
    _check_gift(session, donation)
    currency, booked = booked_as(session, donation)
    if refund.owed == 0 and currency != donation.currency:
        raise Refusal(
            "Stripe converted this gift, and has not sent this refund: only Stripe can say what it comes to.",
            status=409,
        )
    found = Returnable(refund, donation, left_to_pay(session, refund, donation), currency, booked)
    if found.left == 0:
        raise Refusal("Nothing of this refund is left to pay by hand.", status=409)
    return found


def left_to_pay(session: Session, refund: Refund, donation: Donation) -> int:
    """Of a failed one what the books owe; of one that never left what was asked for. No more than the gift has left."""
    left_of_gift = refundable(session, donation)
    if refund.owed:
        return refund.owed if left_of_gift else 0
    if refund.moved:
        return 0
    paid = sum(row.of_gift for row in _standing(session, refund))
    return max(0, min(refund.amount - paid, left_of_gift))


def booked_as(session: Session, donation: Donation) -> tuple[str, int]:
    """In which currency Stripe settled a gift, and what it came to."""
    line = line_of_charge(session, donation.charge_id or "")
    return (line[2], line[0] + line[1]) if line else (donation.currency, donation.amount)


def check_hand_return(
    found: Returnable, *, amount: int, method: str, paid_on: datetime, locale: str, now: datetime
) -> None:
    """Raises Refusal for the first thing that is wrong."""
    if amount <= 0:
        raise Refusal("Write how much was paid.", field="amount")
    if amount > found.left:
        left = format_money(found.left, found.currency, locale=locale)
        raise Refusal("At most {left} is left to pay by hand.", field="amount", left=left)
    if method not in METHODS:
        raise Refusal("Choose how it was paid.", field="method")
    if paid_on > now:
        raise Refusal("This day has not come yet.", field="paid_on")
    if found.donation.paid_at is not None and paid_on.date() < found.donation.paid_at.date():
        raise Refusal("The gift had not come on that day.", field="paid_on")


def _check_gift(session: Session, donation: Donation) -> None:
    if donation.came_back:
        raise Refusal("The bank has taken this whole payment back: nothing of it can be returned.", status=409)
    if any(refund.state in OPEN_REFUNDS and not refund.moved for refund in refunds_of(session, donation.id)):
        raise Refusal("A refund of this gift is under way. Wait until Stripe has said what becomes of it.", status=409)
    if donation.disputed:
        raise Refusal("A dispute holds this gift. Wait until it ends, or the donor may be paid twice.", status=409)


def _standing(session: Session, refund: Refund) -> list[HandReturn]:
    rows = hand_returns_of(session, refund.donation_id)
    return [row for row in rows if row.refund_id == refund.id and row.reversed_at is None]
