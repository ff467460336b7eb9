"""The donor's own page: whoever has the link is the donor. It names the gift's row and nothing else."""

from sqlalchemy.orm import Session

from fund.donations.models import Donation
from fund.kit.addresses import Addresses
from fund.kit.errors import Refusal
from fund.kit.signing import NOT_VALID, Signer

PURPOSE = "gift"


def gift_link(signer: Signer, addresses: Addresses, donation: Donation) -> str:
    return addresses.gift(gift_token(signer, donation.id), donation.locale)


def gift_token(signer: Signer, donation_id: str) -> str:
    return signer.sign(PURPOSE, donation_id)


def donation_of_link(session: Session, signer: Signer, token: str) -> Donation:
    """Raises Refusal 404 for a token that is forged, cut, or of a gift that is gone."""
    donation_id = signer.read(PURPOSE, token)
    donation = session.get(Donation, donation_id) if isinstance(donation_id, str) else None
    if donation is None:
        raise Refusal(NOT_VALID, status=404)
    return donation
