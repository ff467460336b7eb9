"""Events of the timeline in one line each, as the desk publishes and withdraws them."""

from datetime import date
from email.message import EmailMessage
from typing import Any

from fund.campaigns.case_forms import EventForm
from fund.campaigns.draft_event import draft_event
from fund.campaigns.publish_event import publish_event
from fund.campaigns.withdraw_event import withdraw_event
from fund.updates.announce_event import announce_event
from fund.updates.begin_campaign_mailing import EVERYBODY
from fund.updates.call_back_event import call_back_event
from fund.updates.count_recipients import count_recipients
from fund.updates.opt_ins import ask_for
from tests.fund.updates.newsroom import Newsroom

HEARING: dict[str, Any] = {
    "kind": "hearing",
    "day": date(2026, 12, 5),
    "title": {"en": "Interim motion", "fr": "Requête interlocutoire"},
}


def wish(newsroom: Newsroom, name: str, *, campaign_id: int | None = None) -> None:
    """The address asks for each event, without more."""
    at = campaign_id or newsroom.campaign_id
    with newsroom.database.write() as session:
        ask_for(session, f"{name}@example.org", (at, "timeline"), source="the tests", now=newsroom.now)


def draft(newsroom: Newsroom, **more: Any) -> int:
    form = EventForm(**{**HEARING, **more})
    return newsroom.do(draft_event, campaign_id=newsroom.campaign_id, form=form).id  # type: ignore[no-any-return]


def publish(newsroom: Newsroom, event_id: int, *, mail: bool = True) -> bool:
    """Whether mails are on their way."""
    with newsroom.database.write() as session:
        event = publish_event(session, event_id=event_id, actor="member:1", now=newsroom.now)
        if not mail:
            return False
        mailing = announce_event(
            session, newsroom.queue, newsroom.sender, newsroom.addresses,
            event=event, actor="member:1", now=newsroom.now,
        )  # fmt: skip
        return mailing is not None


def withdraw(newsroom: Newsroom, event_id: int) -> bool:
    """Whether mails were stopped."""
    newsroom.do(withdraw_event, event_id=event_id)
    return bool(newsroom.do(call_back_event, event_id=event_id))


def announced(newsroom: Newsroom, **more: Any) -> dict[str, EmailMessage]:
    """Publish one more event; its mails, by name."""
    newsroom.later(minutes=1)
    publish(newsroom, draft(newsroom, file_number=newsroom.now.isoformat(), **more))
    return {str(mail["To"]).partition("@")[0]: mail for mail in newsroom.mails()}


def foretold(newsroom: Newsroom) -> int:
    """What the desk says beside the button."""
    with newsroom.database.read() as session:
        return count_recipients(session, campaign_id=newsroom.campaign_id, groups=EVERYBODY, topic="timeline").total
