from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fund.kit.addresses import Addresses
from fund.kit.i18n import format_day
from fund.kit.signing import Signer
from fund.mail.add_batch import add_batch
from fund.mail.end_filling import end_filling
from fund.mail.models import Delivery, Mailing
from fund.mail.recipient import Recipient
from fund.members.imported_link import imported_token
from fund.members.imports import find_import, without_password
from fund.members.models import Member
from fund.work.queue import Queue

SLICE = 250
DAY = timedelta(days=1)


def fill_invitations(
    session: Session,
    queue: Queue,
    signer: Signer,
    addresses: Addresses,
    *,
    leave_token: Callable[[Signer, int], str],
    mailing_id: int,
    now: datetime,
) -> bool:
    """Write down the next people of an imported list who are invited, as one batch; whether there may be more today.

    At most the list's number in any 24 hours; then the mailing stays as it is until some more are due. Who has chosen
    a password meanwhile, left or is suppressed is passed over. `leave_token` makes the token of a one-click link.
    """
    mailing = session.get(Mailing, mailing_id, with_for_update=True, populate_existing=True)
    if mailing is None or mailing.state != "filling":
        return False
    found = find_import(session, int(mailing.groups.removeprefix("import:")))
    room = min(SLICE, found.invites_a_day - _written_today(session, mailing_id, now))
    if room <= 0:
        return False
    after = int(mailing.filled_to or 0)
    query = select(Member).where(*without_password(found.id), Member.id > after).order_by(Member.id).limit(room)
    people = list(session.scalars(query))
    if not people:
        end_filling(session, mailing, now=now)
        return False
    mailing.filled_to = str(people[-1].id)
    recipients = [_recipient(signer, addresses, person, leave_token) for person in people]
    add_batch(session, queue, mailing, recipients=recipients, now=now)
    return True


def _written_today(session: Session, mailing_id: int, now: datetime) -> int:
    counted = select(func.count()).where(Delivery.mailing_id == mailing_id, Delivery.created_at > now - DAY)
    return session.scalar(counted.select_from(Delivery)) or 0


def _recipient(
    signer: Signer, addresses: Addresses, person: Member, leave_token: Callable[[Signer, int], str]
) -> Recipient:
    since = format_day(person.consent_at or person.created_at, locale=person.locale)
    return Recipient(
        address=person.address,
        locale=person.locale,
        personal={
            "invite_url": addresses.invite(imported_token(signer, person.id), person.locale),
            "consent": f"{person.consent_source}, {since}",
        },
        unsubscribe_url=addresses.unsubscribe(leave_token(signer, person.id), person.locale),
    )
