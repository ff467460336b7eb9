from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from fund.billing.form_id import form_id
from fund.campaigns.models import Campaign
from fund.kit.errors import Refusal


class OfCampaign(Protocol):
    @property
    def campaign_id(self) -> int: ...


Made = TypeVar("Made", bound=OfCampaign)


def made_before(session: Session, kind: type[Made], campaign: Campaign, nonce: str) -> Made | None:
    """What this form made when it was sent before. Raises Refusal for a form of another campaign."""
    known = session.get(kind, form_id(nonce))
    if known is not None and known.campaign_id != campaign.id:
        raise Refusal("This form is not complete. Open the page again.")
    return known
