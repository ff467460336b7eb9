"""Gifts that Stripe settled in another currency than their own, which a campaign is not meant to have."""

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from fund.campaigns.models import Campaign
from fund.campaigns.progress import Converted
from fund.donations.models import Dispute, Donation, HandReturn, Refund
from fund.donations.rules import STANDING_REFUNDS, in_gift_currency, share_of_refund
from fund.donations.taken_by_disputes import taken_by_disputes
from fund.payments.models import BalanceTransactionRow

_LINE = BalanceTransactionRow
_OF_GIFTS = ("charge", "payment")


def converted_gifts(session: Session, campaign: Campaign) -> list[Converted]:
    """One for each currency that they were settled in. Reads every such gift: for campaigns that have some."""
    given: Select[*tuple[Any, ...]] = select(
        _LINE.currency, func.sum(Donation.amount), func.sum(Donation.disputed), func.sum(_LINE.amount)
    )
    back = _back(session, campaign)
    return [
        Converted(
            currency,
            given=int(amount),
            refunded=sum(gone for gone, _ in back[currency]),
            held=int(held),
            booked=int(booked),
            refunded_booked=sum(share for _, share in back[currency]),
        )
        for currency, amount, held, booked in session.execute(_of(given, campaign).group_by(_LINE.currency))
        if booked > 0
    ]


def _of(query: Select[*tuple[Any, ...]], campaign: Campaign) -> Select[*tuple[Any, ...]]:
    return query.join(_LINE, _LINE.source == Donation.charge_id).where(
        Donation.campaign_id == campaign.id,
        Donation.currency == campaign.currency,
        Donation.paid_at.is_not(None),
        _LINE.type.in_(_OF_GIFTS),
        _LINE.currency != Donation.currency,
    )


def _back(session: Session, campaign: Campaign) -> defaultdict[str, list[tuple[int, int]]]:
    """By currency of the books, what of each gift went back or is owed: in its own currency, and as it was booked."""
    back: Select[*tuple[Any, ...]] = select(
        Donation.id,
        _LINE.currency,
        Donation.amount,
        _LINE.amount,
        Donation.came_back,
        _sum(Refund.amount, Refund.moved.is_(True), Refund.state.in_(STANDING_REFUNDS)),
        _sum(HandReturn.of_gift, HandReturn.reversed_at.is_(None)),
        _sum(Refund.owed),
    )
    tables = (Refund, HandReturn, Dispute)
    touched = or_(Donation.came_back, *(Donation.id.in_(select(table.donation_id)) for table in tables))
    found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for id_, currency, given, booked, came_back, refunded, by_hand, owed in session.execute(
        _of(back, campaign).where(touched)
    ):
        gone = given
        if not came_back:
            gone = int(refunded) + int(by_hand) + taken_by_disputes(session, id_).lost
            gone += in_gift_currency(int(owed), given=given, booked=booked)
        found[currency].append((gone, share_of_refund(booked, given, 0, gone)))
    return found


def _sum(column: InstrumentedAttribute[int], *which: ColumnElement[bool]) -> ScalarSelect[int]:
    """Over the rows of one gift."""
    of_gift = column.class_.donation_id == Donation.id
    return select(func.coalesce(func.sum(column), 0)).where(of_gift, *which).correlate(Donation).scalar_subquery()
