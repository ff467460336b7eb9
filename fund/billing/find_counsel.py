from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign, Counsel
from fund.kit.errors import Refusal


def find_counsel(session: Session, campaign: Campaign, counsel_id: int, *, field: str = "counsel") -> Counsel:
    """Counsel of this campaign, once or now. Raises Refusal for anybody else's."""
    counsel = session.get(Counsel, counsel_id)
    if counsel is None or counsel.campaign_id != campaign.id:
        raise Refusal("Choose one of this campaign’s counsel.", field=field)
    return counsel
