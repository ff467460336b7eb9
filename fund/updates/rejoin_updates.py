from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.signing import Signer
from fund.updates.opt_outs import drop_opt_outs
from fund.updates.rejoin_events import rejoin_events
from fund.updates.rules import ASKED_FOR, TOPICS
from fund.updates.unsubscribing import Subscription, find_holder


def rejoin_updates(session: Session, signer: Signer, *, token: str, now: datetime) -> Subscription:
    """Undo leave_updates from the page that says so: "that was a mistake". Repeating is harmless.

    A following comes back if it had been confirmed, a member's wish if the mail was a member's, a donor's by itself.
    What was stopped in the queue stays stopped. Raises Refusal (404) for a token that is not ours.
    """
    holder = find_holder(session, signer, token, lock=True)
    if holder.topic in ASKED_FOR:
        rejoin_events(session, holder, now=now)
        return find_holder(session, signer, token).subscription()
    back = [one for one in holder.followings if one.state == "left" and one.confirmed_at]
    for following in back:
        following.state, following.left_at = "confirmed", None
    member = holder.member if holder.came_as == "m" else None
    as_member = member is not None and not member.wants_updates
    if member is not None:
        member.wants_updates = True
    session.flush()
    if holder.address is not None:
        drop_opt_outs(session, holder.address, campaign_id=holder.campaign_id, topics=TOPICS)
    if back or as_member or holder.opted_out:
        record_change(
            session,
            actor="link",
            action="rejoin_updates",
            subject=f"campaign:{holder.campaign_id}",
            after={"followers": [one.id for one in back], "member": member.id if member and as_member else None},
            now=now,
        )
    return find_holder(session, signer, token).subscription()
