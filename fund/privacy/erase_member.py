from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.db.types import address_indexes
from fund.donations.change_visibility import change_visibility
from fund.donations.models import Donation
from fund.donations.rules import SETTLED
from fund.mail.cancel_deliveries import cancel_deliveries
from fund.members.delete_member import delete_member
from fund.updates.models import Follower
from fund.updates.opt_ins import set_opt_ins
from fund.updates.opt_outs import add_opt_outs
from fund.updates.rules import TOPICS


def erase_member(session: Session, *, member_id: int, hide_gifts: bool, now: datetime) -> None:
    """A member deletes the account: nothing names them any more, and no list or campaign writes to the address.

    With `hide_gifts` their public gifts show no name from now on. Gifts, receipts and the books stay: they are the
    organisation's to keep, and other people's as well.
    """
    address = delete_member(session, member_id=member_id, now=now)
    indexes = address_indexes(address)
    followings = select(Follower).where(Follower.address_index.in_(indexes), Follower.state != "left")
    for following in session.scalars(followings.with_for_update()):
        following.state, following.left_at = "left", now
    set_opt_ins(session, address, set(), source="", now=now)
    add_opt_outs(session, address, [(0, topic) for topic in TOPICS], now=now)
    cancel_deliveries(session, address=address)
    if hide_gifts:
        _hide(session, indexes, now)


def _hide(session: Session, indexes: list[str], now: datetime) -> None:
    """One of each monthly gift is enough: the others follow it."""
    session.flush()
    shown = select(Donation.id).where(
        Donation.email_index.in_(indexes), Donation.visibility == "public", Donation.state.in_(SETTLED)
    )
    for donation_id in session.scalars(shown.order_by(Donation.id)).all():
        change_visibility(session, donation_id=donation_id, visibility="hidden", display_name="", now=now)
