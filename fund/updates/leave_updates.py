from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.db.types import address_indexes
from fund.donations.models import Donation
from fund.donations.rules import SETTLED
from fund.kit.signing import Signer
from fund.mail.cancel_deliveries import cancel_deliveries
from fund.updates.leave_events import leave_events
from fund.updates.models import Follower
from fund.updates.opt_outs import add_opt_outs
from fund.updates.rules import ASKED_FOR, TOPICS, lists_of
from fund.updates.unsubscribing import Holder, Subscription, find_holder


def leave_updates(session: Session, signer: Signer, *, token: str, now: datetime) -> Subscription:
    """The address behind `token` gets no more updates of that campaign, nor a member's updates of any.

    Whatever else it is to the campaign (donor too) it has left; by the link in an event's mail it leaves those alone.
    What is queued for it and not yet sent is stopped. Repeating is harmless. Raises Refusal (404) for a token that is
    not ours.
    """
    holder = find_holder(session, signer, token, lock=True)
    if holder.address is None:
        return holder.subscription()
    if holder.topic in ASKED_FOR:
        leave_events(session, holder, holder.address, now=now)
        return find_holder(session, signer, token).subscription()
    if _leave(session, holder, holder.address, now=now):
        holder = find_holder(session, signer, token)
    still = _lists_still_wanted(session, holder.address or "", but=holder.campaign_id)
    cancel_deliveries(session, address=holder.address or "", keep_lists=still)
    return holder.subscription()


def _leave(session: Session, holder: Holder, address: str, *, now: datetime) -> bool:
    """Whether anything was left."""
    left = [one for one in holder.followings if one.state == "confirmed"]
    for following in left:
        following.state, following.left_at = "left", now
    was_member = bool(holder.member and holder.member.wants_updates)
    if holder.member is not None:
        holder.member.wants_updates = False
    session.flush()
    new = add_opt_outs(session, address, [(holder.campaign_id, topic) for topic in TOPICS], now=now)
    if not (left or was_member or new):
        return False
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
    return True


def _lists_still_wanted(session: Session, address: str, *, but: int) -> list[str]:
    """Of other campaigns that it follows or gave to."""
    indexes = address_indexes(address)
    follows = select(Follower.campaign_id).where(Follower.address_index.in_(indexes), Follower.state == "confirmed")
    gave = select(Donation.campaign_id).where(Donation.email_index.in_(indexes), Donation.state.in_(SETTLED))
    query = select(Campaign.slug).where(or_(Campaign.id.in_(follows), Campaign.id.in_(gave)), Campaign.id != but)
    return [name for slug in session.scalars(query) for name in lists_of(slug, TOPICS)]
