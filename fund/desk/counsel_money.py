"""What the pages about counsel's money have in common."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from fund.billing.money_in_bank import money_in_bank
from fund.billing.queries import BillState, counsel_of, trust_balance, unpaid_bills
from fund.campaigns.models import Campaign, Counsel
from fund.campaigns.progress import Progress
from fund.desk.find import find_campaign
from fund.donations.campaign_progress import campaign_progress
from fund.kit.errors import Refusal
from fund.reconciliation.queries import last_runs
from fund.web.request_scope import read_session


@dataclass(frozen=True, slots=True)
class CounselMoney:
    """One of the campaign's counsel: what they hold in trust and what they are owed."""

    counsel: Counsel
    in_trust: int
    unpaid: int


@dataclass(frozen=True, slots=True)
class Purse:
    """What there is to pay counsel with, in minor units."""

    figures: Progress
    in_bank: int
    counsel: list[CounselMoney]
    stopped: bool
    """The books differ from Stripe's account: nothing is paid to counsel."""

    def of(self, counsel_id: int) -> CounselMoney:
        return next(one for one in self.counsel if one.counsel.id == counsel_id)


def find_launched(campaign_id: int) -> Campaign:
    """Raises Refusal for a draft: it has no books."""
    campaign = find_campaign(campaign_id)
    if campaign.status == "draft":
        raise Refusal("There is no such campaign.", status=404)
    return campaign


def differences(session: Session) -> int:
    """How many the last comparison with Stripe found; none was made yet: 0."""
    return next((run.differences for run in last_runs(session, limit=1)), 0)


def purse(campaign: Campaign) -> Purse:
    session = read_session()
    return Purse(
        figures=campaign_progress(session, campaign),
        in_bank=money_in_bank(session, campaign),
        counsel=counsel_money(campaign, unpaid_bills(session, campaign_id=campaign.id)),
        stopped=differences(session) > 0,
    )


def counsel_money(campaign: Campaign, unpaid: list[BillState]) -> list[CounselMoney]:
    session = read_session()
    return [
        CounselMoney(
            counsel=one,
            in_trust=trust_balance(session, campaign, one),
            unpaid=sum(state.lacks for state in unpaid if state.bill.counsel_id == one.id),
        )
        for one in counsel_of(session, campaign.id)
    ]
