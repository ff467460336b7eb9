from datetime import datetime

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.closing.begin_share import share_refund_id
from fund.closing.find_surplus import find_surplus
from fund.closing.keep_promise import keep_promise
from fund.closing.models import SurplusPlan, SurplusShare
from fund.closing.queries import live_plan
from fund.db.touch_page import touch_page
from fund.donations.check_hand_return import returnable
from fund.donations.leave_debt_unpaid import owe_again
from fund.donations.queries_of_returns import hand_returns_of
from fund.donations.refuse_share import refuse_share
from fund.donations.return_by_hand import return_by_hand
from fund.kit.errors import Refusal


def pay_share_by_hand(
    session: Session, *, plan_id: str, position: int, returned_at: datetime, actor: str, now: datetime
) -> SurplusShare:
    """A share that Stripe could not send was paid from our bank. Entered twice, it is booked once.

    One that was left unpaid can still be paid while its money is there.
    """
    plan = session.get_one(SurplusPlan, plan_id, with_for_update=True)
    share = session.get(SurplusShare, (plan_id, position), with_for_update=True)
    if share is None:
        raise Refusal("There is no such plan.", status=404)
    if share.state == "by_hand":
        return share
    if share.state not in ("failed", "unpaid") or plan.state == "given_up":
        raise Refusal("This share did not fail: there is nothing to pay by hand.", status=409)
    if share.state == "unpaid":
        _check_still_there(session, plan, share)
        if share.refund_id is not None:
            owe_again(session, refund_id=share.refund_id, now=now)
    if share.refund_id is None:
        share.refund_id = refuse_share(
            session,
            donation_id=share.donation_id,
            refund_id=share_refund_id(share),
            amount=share.amount,
            batch=plan.id,
            actor=actor,
            now=now,
        ).id
    with keep_promise(session, campaign_id=plan.campaign_id):
        _pay(session, share, share.refund_id, returned_at=returned_at, actor=actor, now=now)
        share.state, share.settled_at = "by_hand", now
    touch_page(session, plan.campaign_id)
    return share


def _pay(
    session: Session, share: SurplusShare, refund_id: str, *, returned_at: datetime, actor: str, now: datetime
) -> None:
    found = returnable(session, refund_id=refund_id)
    earlier = sum(row.refund_id == refund_id for row in hand_returns_of(session, share.donation_id))
    return_by_hand(
        session,
        refund_id=refund_id,
        amount=found.left if found.refund.owed else min(share.amount, found.left),
        method="bank",
        paid_on=returned_at,
        nonce=f"{share.plan_id}:{share.position}:{earlier}",
        actor=actor,
        locale=found.donation.locale,
        now=now,
    )


def _check_still_there(session: Session, plan: SurplusPlan, share: SurplusShare) -> None:
    """Nobody keeps the money of a share that was left unpaid: it may have been passed on, or planned for others."""
    live = live_plan(session, plan.campaign_id)
    if live is not None and live.state != "draft":
        raise Refusal("The surplus is being refunded. Wait until that has ended, or give the plan up.", status=409)
    campaign = session.get_one(Campaign, plan.campaign_id, with_for_update=True)
    if find_surplus(session, campaign).free < share.amount:
        raise Refusal("This money was passed on or spent since: it is not there to be paid any more.", status=409)
