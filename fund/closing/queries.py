"""Reads of how campaigns ended and what became of their surplus."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from fund.closing.models import Outcome, PassedOn, SurplusPlan, SurplusShare
from fund.donations.models import Donation, Refund
from fund.donations.queries_of_returns import paid_by_refund
from fund.donations.refuse_share import NOT_THROUGH_STRIPE

SLICE = 500
FRESH = timedelta(minutes=10)
"""So long the run itself tries again what Stripe has not taken."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Shares of a plan in one state."""

    shares: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class SharedOut:
    """What became of a campaign's surplus so far, over all its plans; minor units."""

    planned: int
    """What confirmed plans come to."""
    returned: int
    gifts: int
    """How many gifts had their part."""
    failed: int
    """To be paid by hand."""
    unpaid: int
    """Could not be paid; it stays with the surplus."""
    skipped: int
    under_way: int


def outcome_of(session: Session, campaign_id: int) -> Outcome | None:
    return session.get(Outcome, campaign_id)


def outcomes_by_campaign(session: Session) -> dict[int, Outcome]:
    return {outcome.campaign_id: outcome for outcome in session.scalars(select(Outcome))}


def live_plan(session: Session, campaign_id: int) -> SurplusPlan | None:
    """The one that is neither finished nor given up."""
    return session.scalars(select(SurplusPlan).where(SurplusPlan.live_key == campaign_id)).one_or_none()


def plans_of(session: Session, campaign_id: int) -> list[SurplusPlan]:
    """Newest first."""
    query = select(SurplusPlan).where(SurplusPlan.campaign_id == campaign_id)
    return list(session.scalars(query.order_by(SurplusPlan.made_at.desc(), SurplusPlan.id)))


def find_plan(session: Session, plan_id: str) -> SurplusPlan | None:
    return session.get(SurplusPlan, plan_id)


def counts_of(session: Session, plan_id: str) -> dict[str, Counted]:
    """By the state of its shares."""
    query = (
        select(SurplusShare.state, func.count(), func.sum(SurplusShare.amount))
        .where(SurplusShare.plan_id == plan_id)
        .group_by(SurplusShare.state)
    )
    return {state: Counted(count, int(amount)) for state, count, amount in session.execute(query)}


def shares_page(
    session: Session, plan_id: str, *, state: str = "", after: int = -1, limit: int
) -> list[tuple[SurplusShare, Donation]]:
    """In the plan's order; `after` is the position of the last one already shown."""
    query = (
        select(SurplusShare, Donation)
        .join(Donation, Donation.id == SurplusShare.donation_id)
        .where(SurplusShare.plan_id == plan_id, SurplusShare.position > after)
        .order_by(SurplusShare.position)
        .limit(limit)
    )
    if state:
        query = query.where(SurplusShare.state == state)
    return [(share, donation) for share, donation in session.execute(query)]


def all_shares(session: Session, plan_id: str) -> Iterator[tuple[SurplusShare, Donation]]:
    """A slice at a time, so that memory does not grow with their number."""
    after = -1
    while page := shares_page(session, plan_id, after=after, limit=SLICE):
        yield from page
        after = page[-1][0].position
        session.expunge_all()


def find_share(session: Session, plan_id: str, position: int) -> tuple[SurplusShare, Donation] | None:
    page = shares_page(session, plan_id, after=position - 1, limit=1)
    return page[0] if page and page[0][0].position == position else None


def shares_to_send(session: Session, plan_id: str, *, limit: int, now: datetime) -> list[int]:
    """Positions: first those that were begun just now and of which Stripe may not have heard, then those not begun.

    What was begun longer ago is left to the hourly look, for Stripe repeats an error of its own under a refund's key
    for a day, and the others must not wait for it.
    """
    begun = (
        select(SurplusShare.position)
        .join(Refund, Refund.id == SurplusShare.refund_id)
        .where(SurplusShare.plan_id == plan_id, SurplusShare.state == "sent", Refund.state == "planned")
        .where(Refund.created_at > now - FRESH)
    )
    found = list(session.scalars(begun.order_by(SurplusShare.position).limit(limit)))
    new = select(SurplusShare.position).where(SurplusShare.plan_id == plan_id, SurplusShare.state == "planned")
    return [*found, *session.scalars(new.order_by(SurplusShare.position).limit(limit - len(found)))]


def shares_unanswered(session: Session, plan_id: str, *, now: datetime) -> set[int]:
    """Positions of those that Stripe has not taken for longer than the run tries: the hourly look asks for them."""
    query = (
        select(SurplusShare.position)
        .join(Refund, Refund.id == SurplusShare.refund_id)
        .where(SurplusShare.plan_id == plan_id, SurplusShare.state == "sent", Refund.state == "planned")
        .where(Refund.created_at <= now - FRESH)
    )
    return set(session.scalars(query))


def promised_by_hand(session: Session, campaign_id: int) -> dict[str, int]:
    """By gift: shares that a person still has to pay, and that no refund which left and came back says are owed."""
    by_hand = paid_by_refund()
    query = (
        select(SurplusShare.donation_id, func.sum(SurplusShare.amount - func.coalesce(by_hand.c.paid, 0)))
        .join(SurplusPlan, SurplusPlan.id == SurplusShare.plan_id)
        .outerjoin(Refund, Refund.id == SurplusShare.refund_id)
        .outerjoin(by_hand, by_hand.c.refund_id == Refund.id)
        .where(
            SurplusPlan.campaign_id == campaign_id,
            SurplusPlan.state != "given_up",
            SurplusShare.state == "failed",
            or_(Refund.id.is_(None), Refund.state != "failed", Refund.moved.is_(False)),
        )
        .group_by(SurplusShare.donation_id)
    )
    return {donation_id: int(amount) for donation_id, amount in session.execute(query)}


def gifts_left_unpaid(session: Session, campaign_id: int) -> set[str]:
    """Whose donors cannot be paid their part of a surplus."""
    query = (
        select(SurplusShare.donation_id)
        .join(SurplusPlan, SurplusPlan.id == SurplusShare.plan_id)
        .where(SurplusPlan.campaign_id == campaign_id, SurplusShare.state == "unpaid")
    )
    return set(session.scalars(query))


def can_be_asked_again(session: Session, plan_id: str) -> bool:
    return bool(shares_refused(session, plan_id, limit=1))


def shares_refused(session: Session, plan_id: str, *, limit: int | None = None) -> list[SurplusShare]:
    """Those that Stripe refused, or that were called off there, and of which nobody has paid anything by hand."""
    by_hand = paid_by_refund()
    query = (
        select(SurplusShare)
        .join(Refund, Refund.id == SurplusShare.refund_id)
        .outerjoin(by_hand, by_hand.c.refund_id == Refund.id)
        .where(SurplusShare.plan_id == plan_id, SurplusShare.state == "failed", by_hand.c.paid.is_(None))
        .where(Refund.state.in_(("refused", "canceled")), Refund.failure_code != NOT_THROUGH_STRIPE)
    )
    return list(session.scalars(query.order_by(SurplusShare.position).limit(limit)))


def plans_in(session: Session, state: str) -> list[str]:
    return list(session.scalars(select(SurplusPlan.id).where(SurplusPlan.state == state).order_by(SurplusPlan.id)))


def plans_to_see_to(session: Session) -> list[tuple[SurplusPlan, int]]:
    """Plans that wait for a person, oldest first, each with how many of its shares are to be paid by hand.

    That is: confirmed and waiting for the second person, paused, short of money, or with shares that could not be sent.
    """
    failed = (
        select(SurplusShare.plan_id, func.count().label("shares"))
        .where(SurplusShare.state == "failed")
        .group_by(SurplusShare.plan_id)
        .subquery()
    )
    query = (
        select(SurplusPlan, func.coalesce(failed.c.shares, 0))
        .outerjoin(failed, failed.c.plan_id == SurplusPlan.id)
        .where(or_(SurplusPlan.state.in_(("confirmed", "paused", "short")), failed.c.shares > 0))
        .where(SurplusPlan.state != "given_up")
        .order_by(SurplusPlan.made_at, SurplusPlan.id)
    )
    return [(plan, int(shares)) for plan, shares in session.execute(query)]


def shared_out(session: Session, campaign_id: int) -> SharedOut | None:
    """None where no plan was ever confirmed."""
    query = (
        select(SurplusPlan.state, SurplusShare.state, func.count(), func.sum(SurplusShare.amount))
        .join(SurplusPlan, SurplusPlan.id == SurplusShare.plan_id)
        .where(SurplusPlan.campaign_id == campaign_id, SurplusPlan.confirmed_at.is_not(None))
        .group_by(SurplusPlan.state, SurplusShare.state)
    )
    counted: dict[str, Counted] = {}
    for of_plan, state, count, amount in session.execute(query):
        if of_plan == "given_up" and state in ("planned", "skipped", "failed"):
            continue
        before = counted.get(state, Counted())
        counted[state] = Counted(before.shares + count, before.amount + int(amount))
    if not counted:
        return None
    back = [counted.get(state, Counted()) for state in ("succeeded", "by_hand")]
    return SharedOut(
        planned=sum(one.amount for one in counted.values()),
        returned=sum(one.amount for one in back),
        gifts=sum(one.shares for one in back),
        failed=counted.get("failed", Counted()).amount,
        unpaid=counted.get("unpaid", Counted()).amount,
        skipped=counted.get("skipped", Counted()).amount,
        under_way=sum(counted.get(state, Counted()).amount for state in ("planned", "sent")),
    )


def passed_on_by(session: Session, campaign_id: int, *, standing: bool = False) -> list[PassedOn]:
    """What a campaign gave away, newest first; with `standing`, without what was reversed."""
    query = select(PassedOn).where(PassedOn.campaign_id == campaign_id)
    if standing:
        query = query.where(PassedOn.reversed_at.is_(None))
    return list(session.scalars(query.order_by(PassedOn.made_on.desc(), PassedOn.created_at.desc())))


def passed_on_to(session: Session, campaign_id: int) -> list[PassedOn]:
    """What stands of what other campaigns gave to this one, newest first."""
    query = select(PassedOn).where(PassedOn.to_campaign_id == campaign_id, PassedOn.reversed_at.is_(None))
    return list(session.scalars(query.order_by(PassedOn.made_on.desc(), PassedOn.created_at.desc())))
