from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign, Revision
from fund.campaigns.revision_words import changes_of, revision_title
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


def announce_revisions(
    session: Session,
    queue: Queue,
    sender: Sender,
    signer: Signer,
    addresses: Addresses,
    *,
    campaign_id: int,
    now: datetime,
) -> int:
    """Write to everybody about what was revised at `now`, in the session that revised it. Returns how many mails.

    Who asked for updates gets it and may leave; who gave gets it all the same, because the gift was given under those
    terms. Nobody gets two of one revision. Where nothing was revised (a form sent twice) nothing is sent.
    """
    session.flush()
    campaign = session.get_one(Campaign, campaign_id)
    made = select(Revision).where(Revision.campaign_id == campaign_id, Revision.made_at == now)
    return sum(
        _Mailing(session, sender, signer, addresses, campaign, revision).queue_all(queue)
        for revision in session.scalars(made.order_by(Revision.number))
    )


@dataclass(frozen=True, slots=True)
class _Mailing:
    """The mails of one revision."""

    session: Session
    sender: Sender
    signer: Signer
    addresses: Addresses
    campaign: Campaign
    revision: Revision

    def queue_all(self, queue: Queue) -> int:
        """Those who can leave come first: the key, made of the address, lets the first one in."""
        asked = {locale: self._body(locale, can_leave=True) for locale in LOCALES}
        gave = {locale: self._body(locale, can_leave=False) for locale in LOCALES}
        mailings = [(asked[at], entitled_members(self.session, at), at) for at in LOCALES]
        mailings += [(asked[at], entitled_followers(self.session, self.campaign.id, at), at) for at in LOCALES]
        mailings += [(gave[at], entitled_donors(self.session, self.campaign.id, at), at) for at in LOCALES]
        return sum(
            queue_many(
                self.session,
                queue,
                body=body,
                recipients=self._recipients(people, locale),
                now=self.revision.made_at,
            )
            for body, people, locale in mailings
        )

    def _body(self, locale: str, *, can_leave: bool) -> MailBody:
        return store_body(
            self.session,
            self.sender,
            message="revision",
            locale=locale,
            values=mail_of_revision(self.revision, self.campaign, self.addresses, locale=locale),
            list_id=list_id(self.campaign.slug) if can_leave else "",  # what leaving a list stops
            can_leave=can_leave,
            now=self.revision.made_at,
        )

    def _recipients(self, people: Iterator[Person], locale: str) -> Iterator[Recipient]:
        for person in people:
            yield Recipient(
                key=f"revision:{self.revision.id}:{address_index(person.address)}",
                address=person.address,
                personal={"consent": consent_words(person, locale)},
                unsubscribe_url=self._way_out(person, locale),
            )

    def _way_out(self, person: Person, locale: str) -> str | None:
        if person.kind == DONOR:
            return None
        token = unsubscribe_token(self.signer, person.kind, person.id, self.campaign.id)
        return self.addresses.unsubscribe(token, locale)


def mail_of_revision(revision: Revision, campaign: Campaign, addresses: Addresses, *, locale: str) -> dict[str, Any]:
    """What `templates/mail/revision` names."""
    return {
        "title": revision_title(revision.kind, locale=locale),
        "kind": revision.kind,
        "reason": localised(revision.reason, locale),
        "changes": [
            (change.what, change.before, change.after)
            for change in changes_of(
                revision.kind, revision.before, revision.after, currency=campaign.currency, locale=locale
            )
        ],
        "date": format_day(revision.made_at, locale=locale),
        "campaign_title": campaign.text(locale).title,
        "campaign_url": addresses.campaign(campaign.slug, locale),
        "history_url": f"{addresses.history(campaign.slug, locale)}#revision-{revision.number}",
    }
