"""What an address does not want: rows that are there or not. The address itself is not kept in them."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fund.db.insert_new import insert_new
from fund.db.types import address_index, address_indexes
from fund.updates.models import OptOut
from fund.updates.rules import NEWS

Wish = tuple[int, str]
"""A campaign's id (0: every campaign) and a topic."""


def opt_outs(session: Session, address: str) -> set[Wish]:
    found = select(OptOut.campaign_id, OptOut.topic).where(OptOut.address_index.in_(address_indexes(address)))
    return {(campaign_id, topic) for campaign_id, topic in session.execute(found)}


def add_opt_outs(session: Session, address: str, wishes: Iterable[Wish], *, now: datetime) -> int:
    """Says how many are new."""
    index = address_index(address)
    rows = [
        {"address_index": index, "campaign_id": campaign_id, "topic": topic, "since": now}
        for campaign_id, topic in wishes
    ]
    return insert_new(session, OptOut, rows, unique=["address_index", "campaign_id", "topic"])


def drop_opt_outs(
    session: Session, address: str, *, campaign_id: int | None = None, topics: Collection[str] = NEWS
) -> None:
    """Of one campaign, and what was said of every campaign; of None: all there are.

    What has to be asked for does not come back with the news: `set_opt_ins` asks for it, `topics` takes a leaving back.
    """
    rows = delete(OptOut).where(OptOut.address_index.in_(address_indexes(address)), OptOut.topic.in_(topics))
    if campaign_id is not None:
        rows = rows.where(OptOut.campaign_id.in_((0, campaign_id)))
    session.execute(rows)
