import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.donations.check_hand_return import Returnable, check_hand_return, returnable
from fund.donations.models import Donation, HandReturn, Refund
from fund.donations.postings import offline_gift, refund_owed
from fund.donations.set_donation_state import set_donation_state
from fund.kit.errors import Refusal
from fund.ledger.post_entry import post_entry


def return_by_hand(
    session: Session,
    *,
    refund_id: str,
    amount: int,
    method: str,
    paid_on: datetime,
    nonce: str,
    actor: str,
    locale: str,
    now: datetime,
) -> HandReturn:
    """What a refund could not give back was paid to the donor from our bank or cash box.

    The gift's row is locked, so that of two administrators who both paid, the second is refused. A form that is sent
    twice with one `nonce` is one payment.
    """
    refund = session.get(Refund, refund_id)
    if refund is None:
        raise Refusal("There is no such refund.", status=404)
    donation = session.get_one(Donation, refund.donation_id, with_for_update=True)
    session.refresh(refund)
    id_ = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{refund_id}:{nonce}"))
    known = session.get(HandReturn, id_)
    if known is not None:
        return known
    found = returnable(session, refund_id=refund_id)
    check_hand_return(found, amount=amount, method=method, paid_on=paid_on, locale=locale, now=now)
    row = _row(found, id_, amount=amount, method=method, paid_on=paid_on, actor=actor, now=now)
    session.add(row)
    refund.owed -= row.settles
    _book(session, found, row, now=now)
    set_donation_state(session, donation, now=now)
    after = {"refund": refund.id, "amount": amount, "currency": row.currency, "method": method}
    record_change(
        session, actor=actor, action="return_by_hand", subject=f"donation:{donation.id}", after=after, now=now
    )
    return row


def _row(
    found: Returnable, id_: str, *, amount: int, method: str, paid_on: datetime, actor: str, now: datetime
) -> HandReturn:
    return HandReturn(
        id=id_,
        donation_id=found.donation.id,
        refund_id=found.refund.id,
        amount=amount,
        currency=found.currency,
        settles=min(amount, found.refund.owed),
        of_gift=found.of_gift(amount),
        method=method,
        paid_on=paid_on,
        recorded_by=actor,
        created_at=now,
    )


def _book(session: Session, found: Returnable, row: HandReturn, *, now: datetime) -> None:
    """The debt first, then the gift that went back from the bank: two entries, as for a refund that settles a debt."""
    campaign = session.get_one(Campaign, found.donation.campaign_id)
    of = f"refund:{found.refund.stripe_refund_id or found.refund.id}"
    if row.settles:
        post_entry(
            session,
            source=f"{of}:owed_settled:{row.id}",
            kind="owed_settled",
            campaign_id=campaign.id,
            postings=refund_owed(-row.settles, row.currency, slug=campaign.slug),
            occurred_at=row.paid_on,
            now=now,
        )
    post_entry(
        session,
        source=f"{of}:returned:{row.id}",
        kind="gift_returned",
        campaign_id=campaign.id,
        postings=offline_gift(-row.amount, row.currency, slug=campaign.slug),
        occurred_at=row.paid_on,
        now=now,
    )
