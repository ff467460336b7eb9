"""What an address asked for that comes to nobody else: rows that are there or not. The address itself is not kept."""

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fund.db.insert_new import insert_new
from fund.db.types import address_index, address_indexes
from fund.updates.models import OptIn, OptOut
from fund.updates.opt_outs import Wish, opt_outs
from fund.updates.rules import ASKED_FOR


def opt_ins(session: Session, address: str) -> set[Wish]:
    """What it asked for and has not left since."""
    asked, out = _rows(session, address_indexes(address)), opt_outs(session, address)
    return {(at, topic) for at, topic in asked if out.isdisjoint({(at, topic), (0, topic)})}


def set_opt_ins(session: Session, address: str, wishes: AbstractSet[Wish], *, source: str, now: datetime) -> None:
    """These and no others from here on. `source`: where it was asked, in words; an older wish keeps its own."""
    index, indexes = address_index(address), address_indexes(address)
    kept = opt_ins(session, address) & wishes
    session.flush()
    for campaign_id, topic in _rows(session, indexes) - kept:
        gone = delete(OptIn).where(OptIn.address_index.in_(indexes))
        session.execute(gone.where(OptIn.campaign_id == campaign_id, OptIn.topic == topic))
    session.execute(delete(OptOut).where(OptOut.address_index.in_(indexes), OptOut.topic.in_(ASKED_FOR)))
    rows = [
        {"address_index": index, "campaign_id": campaign_id, "topic": topic, "source": source, "since": now}
        for campaign_id, topic in sorted(wishes - kept)
    ]
    insert_new(session, OptIn, rows, unique=["address_index", "campaign_id", "topic"])


def ask_for(session: Session, address: str, wish: Wish, *, source: str, now: datetime) -> None:
    """One more."""
    set_opt_ins(session, address, opt_ins(session, address) | {wish}, source=source, now=now)


def _rows(session: Session, indexes: Collection[str]) -> set[Wish]:
    rows = select(OptIn.campaign_id, OptIn.topic).where(OptIn.address_index.in_(indexes))
    return {(campaign_id, topic) for campaign_id, topic in session.execute(rows)}


def anybody_asked(session: Session, campaign_id: int, topic: str) -> bool:
    asked = select(OptIn.since).where(OptIn.campaign_id == campaign_id, OptIn.topic == topic)
    return session.execute(asked.limit(1)).first() is not None
