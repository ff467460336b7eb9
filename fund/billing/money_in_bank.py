from sqlalchemy.orm import Session

from fund.billing.rules import in_bank
from fund.campaigns.models import Campaign
from fund.campaigns.progress import books_progress
from fund.ledger.queries import balances_of


def money_in_bank(session: Session, campaign: Campaign) -> int:
    """What may leave our bank for this campaign, in minor units."""
    bank = balances_of(session, f"assets:bank:{campaign.currency.lower()}").get(campaign.currency, 0)
    return in_bank(available=books_progress(session, campaign).available, bank=bank)
