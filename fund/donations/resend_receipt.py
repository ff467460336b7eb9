from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fund.donations.models import Donation
from fund.donations.write_to_donor import write_to_donor
from fund.kit.addresses import Addresses
from fund.kit.errors import Refusal
from fund.kit.signing import Signer
from fund.mail.queries import newest_to
from fund.mail.sender import Sender
from fund.work.queue import Queue

EVERY = timedelta(minutes=10)


def resend_receipt(
    session: Session,
    queue: Queue,
    sender: Sender,
    addresses: Addresses,
    signer: Signer,
    *,
    donation_id: str,
    now: datetime,
) -> None:
    """The receipt once more, as the gift stands now, to the address that was given with it; every ten minutes.

    Raises Refusal 409 where there is no receipt or no address, 429 when one was written a moment ago.
    """
    donation = session.get(Donation, donation_id, with_for_update=True)
    if donation is None:
        raise Refusal("There is no such gift.", status=404)
    if donation.paid_at is None:
        raise Refusal("There is a receipt once the gift is paid.", status=409)
    if not donation.email:
        raise Refusal("No e-mail address was given with this gift. You can save the receipt as a PDF.", status=409)
    key = f"receipt:{donation.id}"
    newest = newest_to(session, donation.email, key_prefix=key)
    if newest is not None and now - newest < EVERY:
        raise Refusal("The receipt was sent a moment ago. Wait ten minutes, and look among unwanted mail.", status=429)
    write_to_donor(
        session,
        queue,
        sender,
        addresses,
        signer,
        donation_id=donation.id,
        message="receipt",
        key=f"{key}:{int(now.timestamp())}",
        now=now,
    )
