from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign, SurplusPolicy
from fund.campaigns.queries import current_policy
from fund.closing.models import Outcome
from fund.db.types import address_index
from fund.kit.addresses import Addresses
from fund.kit.i18n import LOCALES, format_day, localised
from fund.kit.signing import Signer
from fund.mail.models import MailBody
from fund.mail.queue_delivery import store_body
from fund.mail.queue_many import Recipient, queue_many
from fund.mail.sender import Sender
from fund.updates.consent_words import consent_words
from fund.updates.recipients import DONOR, Person, entitled_donors, entitled_followers, entitled_members
from fund.updates.rules import list_id
from fund.updates.unsubscribing import unsubscribe_token
from fund.work.queue import Queue


def announce_outcome(
    session: Session,
    queue: Queue,
    sender: Sender,
    signer: Signer,
    addresses: Addresses,
    *,
    campaign_id: int,
    now: datetime,
) -> int:
    """Write to everybody how it ended, in the session that recorded it. Returns how many mails.

    As of a revision of terms: who asked for updates may leave, who gave gets it all the same, nobody gets two. What is
    corrected later is told again, and says that it is a correction.
    """
    session.flush()
    campaign, outcome = session.get_one(Campaign, campaign_id), session.get_one(Outcome, campaign_id)
    policy = current_policy(session, campaign_id)
    return _Mailing(session, sender, signer, addresses, campaign, outcome, policy, now).queue_all(queue)


@dataclass(frozen=True, slots=True)
class _Mailing:
    """The mails of one outcome."""

    session: Session
    sender: Sender
    signer: Signer
    addresses: Addresses
    campaign: Campaign
    outcome: Outcome
    policy: SurplusPolicy | None
    now: datetime

    def queue_all(self, queue: Queue) -> int:
        """Those who can leave come first: the key, made of the address, lets the first one in."""
        asked = {locale: self._body(locale, can_leave=True) for locale in LOCALES}
        gave = {locale: self._body(locale, can_leave=False) for locale in LOCALES}
        mailings = [(asked[at], entitled_members(self.session, at), at) for at in LOCALES]
        mailings += [(asked[at], entitled_followers(self.session, self.campaign.id, at), at) for at in LOCALES]
        mailings += [(gave[at], entitled_donors(self.session, self.campaign.id, at), at) for at in LOCALES]
        return sum(
            queue_many(self.session, queue, body=body, recipients=self._recipients(people, locale), now=self.now)
            for body, people, locale in mailings
        )

    def _body(self, locale: str, *, can_leave: bool) -> MailBody:
        return store_body(
            self.session,
            self.sender,
            message="closing",
            locale=locale,
            values=mail_of_outcome(self.outcome, self.campaign, self.policy, self.addresses, locale=locale),
            list_id=list_id(self.campaign.slug) if can_leave else "",
            can_leave=can_leave,
            now=self.now,
        )

    def _recipients(self, people: Iterator[Person], locale: str) -> Iterator[Recipient]:
        version = self.outcome.corrected_at or self.outcome.recorded_at
        for person in people:
            yield Recipient(
                key=f"closing:{self.campaign.id}:{version:%Y%m%dT%H%M%S}:{address_index(person.address)}",
                address=person.address,
                personal={"consent": consent_words(person, locale)},
                unsubscribe_url=self._way_out(person, locale),
            )

    def _way_out(self, person: Person, locale: str) -> str | None:
        if person.kind == DONOR:
            return None
        token = unsubscribe_token(self.signer, person.kind, person.id, self.campaign.id)
        return self.addresses.unsubscribe(token, locale)


def mail_of_outcome(
    outcome: Outcome, campaign: Campaign, policy: SurplusPolicy | None, addresses: Addresses, *, locale: str
) -> dict[str, Any]:
    """What `templates/mail/closing` names."""
    return {
        "kind": outcome.kind,
        "words": localised(outcome.text, locale),
        "ended_on": format_day(outcome.ended_on, locale=locale),
        "correction": outcome.corrected_at is not None,
        "policy": localised(policy.text, locale) if policy else "",
        "campaign_title": campaign.text(locale).title,
        "campaign_url": addresses.campaign(campaign.slug, locale),
    }
