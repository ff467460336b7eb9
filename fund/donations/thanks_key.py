"""What the way back from the payment page carries for a donor without an address, who gets no link by mail.

For two hours it lets the thank-you page show the gift's link. See docs/decisions/0010-gift-link.md.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fund.donations.models import Donation
from fund.kit.clock import from_unix
from fund.kit.errors import Refusal
from fund.kit.signing import Signer

PURPOSE = "thanks"
LIFETIME = timedelta(hours=2)
"""From the start of the gift: its page at Stripe closes after 45 minutes."""


def thanks_key(signer: Signer, donation: Donation) -> str:
    """The same each time it is asked for, so that a checkout session can be asked for again. Empty with an address."""
    if donation.email:
        return ""
    return signer.sign(PURPOSE, [donation.id, int((donation.created_at + LIFETIME).timestamp())])


def donation_of_thanks_key(session: Session, signer: Signer, key: str, *, now: datetime) -> Donation | None:
    """None for a key that is forged, of another purpose, or too old."""
    try:
        named = signer.read(PURPOSE, key)
    except Refusal:
        return None
    if not isinstance(named, list):
        return None
    donation_id, until = named
    return session.get(Donation, donation_id) if now < from_unix(until) else None
