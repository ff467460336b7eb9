from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.db.types import address_index
from fund.kit.addresses import Addresses
from fund.kit.i18n import LOCALES
from fund.kit.signing import Signer
from fund.mail.models import MailBody
from fund.mail.queue_delivery import store_body
from fund.mail.queue_many import Recipient, queue_many
from fund.mail.sender import Sender
from fund.updates.consent_words import consent_words
from fund.updates.recipients import (
    DONOR,
    FOLLOWER,
    MEMBER,
    Person,
    entitled_donors,
    entitled_followers,
    entitled_members,
)
from fund.updates.rules import list_id
from fund.updates.unsubscribing import unsubscribe_token
from fund.work.queue import Queue

EVERYBODY = (MEMBER, FOLLOWER, DONOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is written of one campaign, and to whom."""

    campaign: Campaign
    message: str
    """The folder of templates/mail."""
    values: Callable[[str], dict[str, Any]]
    """What it names, by language."""
    key: str
    """With the address it says who has it: nobody gets two of one key."""
    kinds: Collection[str] = EVERYBODY


def write_to_entitled(
    session: Session,
    queue: Queue,
    sender: Sender,
    signer: Signer,
    addresses: Addresses,
    *,
    letter: Letter,
    now: datetime,
) -> int:
    """Queue one mail for each entitled address, in this session. Returns how many.

    Members of every language come first, then followers, then donors: of two ways to one address the first counts, and
    who asked for mail may leave with it. Who only gave cannot.
    """
    return _Mailing(session, sender, signer, addresses, letter, now).queue_all(queue)


@dataclass(frozen=True, slots=True)
class _Mailing:
    session: Session
    sender: Sender
    signer: Signer
    addresses: Addresses
    letter: Letter
    now: datetime

    def queue_all(self, queue: Queue) -> int:
        bodies: dict[tuple[str, bool], MailBody] = {}
        queued = 0
        for kind in EVERYBODY:
            for locale in LOCALES if kind in self.letter.kinds else ():
                way = (locale, kind != DONOR)
                if way not in bodies:
                    bodies[way] = self._body(locale, can_leave=kind != DONOR)
                found = self._recipients(self._people(kind, locale), locale)
                queued += queue_many(self.session, queue, body=bodies[way], recipients=found, now=self.now)
        return queued

    def _people(self, kind: str, locale: str) -> Iterator[Person]:
        if kind == MEMBER:
            return entitled_members(self.session, locale)
        find = entitled_followers if kind == FOLLOWER else entitled_donors
        return find(self.session, self.letter.campaign.id, locale)

    def _body(self, locale: str, can_leave: bool) -> MailBody:
        return store_body(
            self.session,
            self.sender,
            message=self.letter.message,
            locale=locale,
            values=self.letter.values(locale),
            list_id=list_id(self.letter.campaign.slug) if can_leave else "",  # what leaving a list stops
            can_leave=can_leave,
            now=self.now,
        )

    def _recipients(self, people: Iterator[Person], locale: str) -> Iterator[Recipient]:
        for person in people:
            yield Recipient(
                key=f"{self.letter.key}:{address_index(person.address)}",
                address=person.address,
                personal={"consent": consent_words(person, locale)},
                unsubscribe_url=self._way_out(person, locale),
            )

    def _way_out(self, person: Person, locale: str) -> str | None:
        if person.kind == DONOR:
            return None
        token = unsubscribe_token(self.signer, person.kind, person.id, self.letter.campaign.id)
        return self.addresses.unsubscribe(token, locale)
