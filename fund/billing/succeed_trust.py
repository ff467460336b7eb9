from datetime import date, datetime

from sqlalchemy.orm import Session

from fund.billing.book_transfer import book_transfer
from fund.billing.find_counsel import find_counsel
from fund.billing.lock_campaign import lock_campaign
from fund.billing.made_before import made_before
from fund.billing.models import CounselTransfer
from fund.billing.return_trust import check_return
from fund.campaigns.models import Campaign, Counsel
from fund.kit.errors import Refusal


def succeed_trust(
    session: Session,
    *,
    campaign_id: int,
    counsel_id: int,
    successor_id: int,
    amount: int,
    made_on: date,
    nonce: str,
    actor: str,
    now: datetime,
) -> CounselTransfer:
    """New counsel took over what the one before held in trust, or a part of it; none of it passed through our bank."""
    campaign = lock_campaign(session, campaign_id)
    known = made_before(session, CounselTransfer, campaign, nonce)
    if known is not None:
        return known
    counsel = find_counsel(session, campaign, counsel_id)
    successor = find_counsel(session, campaign, successor_id, field="successor")
    check_succession(session, campaign, counsel, successor, amount=amount, made_on=made_on, now=now)
    return book_transfer(
        session, campaign, kind="trust_succeeded", counsel=counsel, successor=successor, amount=amount,
        made_on=made_on, nonce=nonce, actor=actor, now=now,
    )  # fmt: skip


def check_succession(
    session: Session,
    campaign: Campaign,
    counsel: Counsel,
    successor: Counsel,
    *,
    amount: int,
    made_on: date,
    now: datetime,
) -> None:
    if successor.id == counsel.id:
        raise Refusal("Choose who took it over: another counsel of this campaign.", field="successor")
    if successor.until_on is not None and made_on > successor.until_on:
        raise Refusal("{name} is no longer counsel on this day.", field="successor", name=successor.name)
    check_return(session, campaign, counsel, amount=amount, made_on=made_on, now=now)
