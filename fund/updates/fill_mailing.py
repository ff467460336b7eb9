from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.kit.addresses import Addresses
from fund.kit.i18n import LOCALES
from fund.kit.signing import Signer
from fund.mail.add_batch import add_batch
from fund.mail.end_filling import end_filling
from fund.mail.models import MailBody, Mailing
from fund.mail.recipient import Recipient
from fund.updates.begin_campaign_mailing import GAVE
from fund.updates.consent_words import consent_words
from fund.updates.recipients import DONOR, Person, people_after
from fund.updates.unsubscribing import unsubscribe_token
from fund.updates.who_wants import who_wants
from fund.work.queue import Queue

SLICE = 250


def fill_mailing(
    session: Session, queue: Queue, signer: Signer, addresses: Addresses, *, mailing_id: int, now: datetime
) -> bool:
    """Write down the next few hundred people of a mailing, as one batch; whether there may be more.

    Two at once, or one that was killed and begins again, let nobody in twice: how far it is stands in the mailing's
    row, which is locked, and each address has one key. Who left meanwhile is passed over.
    """
    mailing = session.get(Mailing, mailing_id, with_for_update={"key_share": True}, populate_existing=True)
    if mailing is None or mailing.state != "filling":
        return False
    people, locale, mailing.filled_to = _next_slice(session, mailing)
    if not people:
        end_filling(session, mailing, now=now)
        return False
    gave = _has_body_for_donors(session, mailing)
    staying = people
    if not (gave and people[0].kind == DONOR):
        staying = who_wants(session, people, campaign_id=mailing.campaign_id, topic=mailing.topic)
    recipients = [_recipient(signer, addresses, mailing, person, locale, gave=gave) for person in staying]
    add_batch(session, queue, mailing, recipients=recipients, now=now)
    return True


def _next_slice(session: Session, mailing: Mailing) -> tuple[list[Person], str, str]:
    """People, their language, and how far that is."""
    places = [(group, locale) for group in mailing.groups.split(",") for locale in LOCALES]
    group, _, rest = mailing.filled_to.partition(":")
    locale, _, after = rest.partition(":")
    at = places.index((group, locale)) if group else 0
    for group, locale in places[at:]:
        people = people_after(session, group, locale, campaign_id=mailing.campaign_id, after=after, limit=SLICE)
        if people:
            return people, locale, f"{group}:{locale}:{people[-1].id}"
        after = ""
    return [], "", mailing.filled_to


def _has_body_for_donors(session: Session, mailing: Mailing) -> bool:
    bodies = select(MailBody.id).where(MailBody.mailing_id == mailing.id, MailBody.variant == GAVE)
    return session.scalars(bodies.limit(1)).first() is not None


def _recipient(
    signer: Signer, addresses: Addresses, mailing: Mailing, person: Person, locale: str, *, gave: bool
) -> Recipient:
    stays = gave and person.kind == DONOR
    token = unsubscribe_token(signer, person.kind, person.id, mailing.campaign_id or 0, topic=mailing.topic)
    return Recipient(
        address=person.address,
        locale=locale,
        variant=GAVE if stays else "",
        personal={"consent": consent_words(person, locale)},
        unsubscribe_url=None if stays else addresses.unsubscribe(token, locale),
    )
