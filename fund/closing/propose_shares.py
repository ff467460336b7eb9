from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.campaigns.progress import GIFT_KINDS
from fund.campaigns.queries import all_campaigns
from fund.closing.rules import divide
from fund.ledger.queries import sums_of_campaign


def propose_shares(session: Session, currency: str, amount: int) -> list[tuple[Campaign, int]]:
    """The site's costs in proportion to what each campaign's gifts came to; to the minor unit. Only a proposal."""
    campaigns = {
        str(one.id): one for one in all_campaigns(session) if one.currency == currency and one.status != "draft"
    }
    gifts = [(id_, _given(session, campaign)) for id_, campaign in campaigns.items()]
    parts = divide(amount, gifts, step=1)
    return [(campaigns[id_], part) for id_, part in parts.items() if part]


def _given(session: Session, campaign: Campaign) -> int:
    account = f"funds:{campaign.slug}"
    sums = sums_of_campaign(session, campaign.id)
    return sum(one.credit - one.debit for one in sums if one.account == account and one.kind in GIFT_KINDS)
