from datetime import datetime

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.kit.addresses import Addresses
from fund.kit.errors import Refusal
from fund.kit.i18n import translate
from fund.kit.signing import Signer
from fund.mail.queue_delivery import queue_delivery
from fund.mail.sender import Sender
from fund.members.models import Member
from fund.updates.mail_of_update import mail_of_update
from fund.updates.queries import find_update, last_number
from fund.updates.unsubscribing import unsubscribe_token
from fund.work.queue import Queue


def send_test_mail(
    session: Session,
    queue: Queue,
    sender: Sender,
    signer: Signer,
    addresses: Addresses,
    *,
    update_id: int,
    member_id: int,
    locale: str,
    form: str,
    now: datetime,
) -> None:
    """Mail an update, as it is now, to the one who asks, and to nobody else. Its links are real ones of their own.

    `form`: the number of the form, so that sending it twice mails once. Raises Refusal (404).
    """
    update, member = find_update(session, update_id), session.get_one(Member, member_id)
    if update is None:
        raise Refusal("There is no such update.", status=404)
    campaign = session.get_one(Campaign, update.campaign_id)
    values = mail_of_update(
        session, signer, addresses, update=update, campaign=campaign, locale=locale,
        published_at=update.published_at or now, number=last_number(session, campaign.id) + 1,
    )  # fmt: skip
    values["title"] = translate("Test: {title}", locale).format(title=values["title"])
    queue_delivery(
        session,
        queue,
        sender,
        key=f"test:{update.id}:{form}",
        message="update",
        address=member.address,
        locale=locale,
        values=values,
        personal={"consent": translate("you sent this test to yourself", locale)},
        unsubscribe_url=addresses.unsubscribe(unsubscribe_token(signer, "m", member.id, campaign.id), locale),
        now=now,
    )
