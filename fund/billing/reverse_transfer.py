from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.billing.book_transfer import post_transfer
from fund.billing.lock_campaign import lock_campaign
from fund.billing.models import CounselTransfer
from fund.billing.money_in_bank import money_in_bank
from fund.billing.queries import trust_balance
from fund.billing.rules import check_in_bank, check_in_trust, check_reason
from fund.campaigns.models import Campaign, Counsel
from fund.kit.errors import Refusal

HELD_BY = {"advance": "counsel_id", "trust_succeeded": "successor_id"}
"""Kinds that filled a trust account, and whose it is: what was spent from it since cannot be taken out."""


def reverse_transfer(session: Session, *, transfer_id: str, reason: str, actor: str, now: datetime) -> CounselTransfer:
    """Undo a transfer that was entered by mistake, by an entry of its own; the first one stays in the books."""
    transfer = session.get(CounselTransfer, transfer_id)
    if transfer is None:
        raise Refusal("There is no such transfer.", status=404)
    campaign = lock_campaign(session, transfer.campaign_id)
    session.refresh(transfer)
    check_reason(reason)
    if transfer.reversed_at is not None:
        raise Refusal("This transfer was reversed already.", status=409)
    _check_still_there(session, campaign, transfer)
    post_transfer(session, campaign, transfer, -transfer.amount, source=":reversed", occurred_at=now, now=now)
    transfer.reversed_at, transfer.reversal_reason = now, reason
    record_change(
        session,
        actor=actor,
        action="reverse_counsel_transfer",
        subject=f"transfer:{transfer.id}",
        before={"kind": transfer.kind, "amount": transfer.amount},
        after={"amount": 0, "reason": reason},
        now=now,
    )
    return transfer


def _check_still_there(session: Session, campaign: Campaign, transfer: CounselTransfer) -> None:
    amount, currency = transfer.amount, campaign.currency
    if transfer.kind in HELD_BY:
        holder = session.get_one(Counsel, getattr(transfer, HELD_BY[transfer.kind]))
        check_in_trust(amount, there=trust_balance(session, campaign, holder), currency=currency)
    if transfer.kind == "trust_returned":
        check_in_bank(amount, there=money_in_bank(session, campaign), currency=currency)
