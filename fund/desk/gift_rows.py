from dataclasses import dataclass

from sqlalchemy.orm import Session

from fund.donations.models import Donation
from fund.payments.queries import fees_of_charges


@dataclass(frozen=True, slots=True)
class GiftRow:
    """A gift with what the processor kept of it; fee and net None until it is booked. Minor units."""

    gift: Donation
    fee: int | None
    net: int | None

    @property
    def is_secret(self) -> bool:
        """Nothing of who gave it is shown at the desk."""
        return self.gift.visibility == "secret"


def gift_rows(session: Session, gifts: list[Donation]) -> list[GiftRow]:
    """One more statement, whatever the number of gifts."""
    fees = fees_of_charges(session, [gift.charge_id for gift in gifts if gift.charge_id])
    rows = []
    for gift in gifts:
        by_hand = (0, gift.amount) if gift.kind == "offline" else (None, None)
        fee, net = fees.get(gift.charge_id or "", by_hand)
        rows.append(GiftRow(gift, fee, net))
    return rows
