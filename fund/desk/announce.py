from datetime import datetime

from sqlalchemy.orm import Session

from fund.updates.announce_revisions import announce_revisions
from fund.web.services import services


def announce(session: Session, campaign_id: int, now: datetime) -> int:
    """In the session that revised something, with its time: donors, followers and members are told of it."""
    given = services()
    return announce_revisions(session, given.queue, given.sender, given.addresses, campaign_id=campaign_id, now=now)
