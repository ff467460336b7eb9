from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign, TimelineEvent
from fund.files.queries import find_file
from fund.kit.addresses import Addresses
from fund.mail.models import Mailing
from fund.mail.sender import Sender
from fund.updates.begin_campaign_mailing import EVERYBODY, begin_campaign_mailing
from fund.updates.event_mailings import event_key
from fund.updates.mail_of_event import mail_of_event
from fund.updates.opt_ins import anybody_asked
from fund.updates.rules import TIMELINE
from fund.work.queue import Queue


def announce_event(
    session: Session,
    queue: Queue,
    sender: Sender,
    addresses: Addresses,
    *,
    event: TimelineEvent,
    actor: str,
    now: datetime,
) -> Mailing | None:
    """Have whoever asked for each event written to about this one, in the session that published it, at `now`.

    Once for ever, whatever happens to the event later. None, and nothing is sent, where it was public before, was
    announced before, or nobody asked.
    """
    if event.published_at != now or not anybody_asked(session, event.campaign_id, TIMELINE):
        return None
    campaign = session.get_one(Campaign, event.campaign_id)
    stored = find_file(session, event.file_id) if event.file_id else None
    mailing = begin_campaign_mailing(
        session,
        queue,
        sender,
        campaign=campaign,
        key=event_key(event.id),
        kind=TIMELINE,
        groups=EVERYBODY,
        topic=TIMELINE,
        values=lambda locale: mail_of_event(event, campaign, stored, addresses, locale=locale),
        actor=actor,
        now=now,
    )
    if mailing is not None:
        record_change(
            session,
            actor=actor,
            action="announce_event",
            subject=f"event:{event.id}",
            after={"mailing": mailing.id},
            now=now,
        )
    return mailing
