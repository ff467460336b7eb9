from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.db.types import address_indexes
from fund.kit.signing import Signer
from fund.mail.cancel_deliveries import cancel_deliveries
from fund.updates.models import Follower
from fund.updates.rules import list_id
from fund.updates.unsubscribing import Holder, Subscription, find_holder


def leave_updates(session: Session, signer: Signer, *, token: str, now: datetime) -> Subscription:
    """The address behind `token` gets no more updates of that campaign, nor a member's updates of any.

    What is queued for it and not yet sent is stopped. Repeating is harmless. Raises Refusal (404) for a token that
    is not ours.
    """
    holder = find_holder(session, signer, token, lock=True)
    if holder.active:
        _leave(session, holder, now=now)
    if holder.address is not None:
        still = _lists_still_followed(session, holder.address, but=holder.campaign_id)
        cancel_deliveries(session, address=holder.address, keep_lists=still)
    return holder.subscription()


def _leave(session: Session, holder: Holder, *, now: datetime) -> None:
    left = [one for one in holder.followings if one.state == "confirmed"]
    for following in left:
        following.state, following.left_at = "left", now
    was_member = bool(holder.member and holder.member.wants_updates)
    if holder.member is not None:
        holder.member.wants_updates = False
    session.flush()
    record_change(
        session,
        actor="link",
        action="leave_updates",
        subject=f"campaign:{holder.campaign_id}",
        before={
            "followers": [one.id for one in left],
            "member": holder.member.id if was_member and holder.member else None,
        },
        now=now,
    )


def _lists_still_followed(session: Session, address: str, *, but: int) -> list[str]:
    query = (
        select(Campaign.slug)
        .join(Follower, Follower.campaign_id == Campaign.id)
        .where(
            Follower.address_index.in_(address_indexes(address)),
            Follower.state == "confirmed",
            Follower.campaign_id != but,
        )
    )
    return [list_id(slug) for slug in session.scalars(query)]
