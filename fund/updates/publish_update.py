from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.campaigns.queries import PUBLIC
from fund.db.touch_page import touch_page
from fund.db.types import address_index
from fund.kit.addresses import Addresses
from fund.kit.errors import Refusal
from fund.kit.i18n import LOCALES
from fund.kit.signing import Signer
from fund.mail.models import MailBody
from fund.mail.queue_delivery import store_body
from fund.mail.queue_many import Recipient, queue_many
from fund.mail.sender import Sender
from fund.updates.consent_words import consent_words
from fund.updates.mail_of_update import mail_of_update
from fund.updates.models import Update
from fund.updates.queries import draft_to_change
from fund.updates.recipients import Person, entitled_followers, entitled_members
from fund.updates.reviews import check_may_publish
from fund.updates.rules import list_id
from fund.updates.unsubscribing import unsubscribe_token
from fund.work.queue import Queue


def publish_update(
    session: Session,
    queue: Queue,
    sender: Sender,
    signer: Signer,
    addresses: Addresses,
    *,
    update_id: int,
    seen: datetime | None = None,
    actor: str,
    now: datetime,
) -> Update:
    """Freeze the text, number it, and queue one mail for everyone entitled, all in this session.

    Publishing again is refused (409) and sends nothing; so is what counsel has, or was to clear and did not. Nobody
    gets two: members come first, and a follower whose address was written to already is passed over. `seen` as in
    edit_update: what is published is what was looked at.
    """
    update = draft_to_change(session, update_id, seen=seen)
    check_may_publish(session, update)
    campaign = _freeze(session, update, now=now)
    mailing = _Mailing(
        session=session,
        sender=sender,
        signer=signer,
        addresses=addresses,
        update=update,
        campaign=campaign,
        now=now,
    )
    queued = mailing.queue_all(queue)
    record_change(
        session,
        actor=actor,
        action="publish_update",
        subject=f"update:{update.id}",
        before={"state": "draft"},
        after={"state": "published", "number": update.number, "audience": update.audience, "mails": queued},
        now=now,
    )
    touch_page(session, campaign.id)
    return update


def _freeze(session: Session, update: Update, *, now: datetime) -> Campaign:
    """Number the update. The campaign is locked: two updates published at once must not get the same number."""
    campaign = session.get_one(Campaign, update.campaign_id, with_for_update=True)
    if campaign.status not in PUBLIC:
        raise Refusal("Launch the campaign first: nobody can read it yet.", status=409)
    last = session.scalar(select(func.max(Update.number)).where(Update.campaign_id == campaign.id))
    update.number, update.state, update.published_at = (last or 0) + 1, "published", now
    session.flush()
    return campaign


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mailing:
    """The mails of one update."""

    session: Session
    sender: Sender
    signer: Signer
    addresses: Addresses
    update: Update
    campaign: Campaign
    now: datetime

    def queue_all(self, queue: Queue) -> int:
        """Members of every language before followers of any: the key, made of the address, lets the first one in."""
        bodies = {locale: self._body(locale) for locale in LOCALES}
        people = [(locale, entitled_members(self.session, locale)) for locale in LOCALES]
        if self.update.audience == "public":
            people += [(at, entitled_followers(self.session, self.campaign.id, at)) for at in LOCALES]
        return sum(
            queue_many(
                self.session,
                queue,
                body=bodies[locale],
                recipients=self._recipients(found, locale),
                now=self.now,
            )
            for locale, found in people
        )

    def _body(self, locale: str) -> MailBody:
        return store_body(
            self.session,
            self.sender,
            message="update",
            locale=locale,
            values=mail_of_update(self.update, self.campaign, self.addresses, locale=locale, published_at=self.now),
            list_id=list_id(self.campaign.slug),
            can_leave=True,
            now=self.now,
        )

    def _recipients(self, people: Iterator[Person], locale: str) -> Iterator[Recipient]:
        for person in people:
            token = unsubscribe_token(self.signer, person.kind, person.id, self.campaign.id)
            yield Recipient(
                key=f"update:{self.update.id}:{address_index(person.address)}",
                address=person.address,
                personal={"consent": consent_words(person, locale)},
                unsubscribe_url=self.addresses.unsubscribe(token, locale),
            )
