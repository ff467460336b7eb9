"""Counsel's bills of one campaign: who holds and is owed what, what is billed, what waits to be billed."""

from flask import render_template

from fund.billing.queries import (
    bills_of_campaign,
    transfers_of_campaign,
    unbilled_disbursements,
    unbilled_time,
)
from fund.billing.rules import worth
from fund.desk.counsel_money import find_launched, purse
from fund.web.guards import needs
from fund.web.request_scope import read_session


@needs("see_bills")
def bills(campaign_id: int) -> str:
    campaign, session = find_launched(campaign_id), read_session()
    money = purse(campaign)
    time, costs = unbilled_time(session, campaign.id), unbilled_disbursements(session, campaign.id)
    return render_template(
        "desk/bills.html",
        campaign=campaign,
        purse=money,
        names={one.counsel.id: one.counsel.name for one in money.counsel},
        bills=bills_of_campaign(session, campaign.id),
        transfers=transfers_of_campaign(session, campaign.id),
        time=[(entry, worth(entry.hours_hundredths, entry.rate)) for entry in time],
        costs=costs,
        hours=sum(entry.hours_hundredths for entry in time),
        waiting=sum(worth(entry.hours_hundredths, entry.rate) for entry in time) + sum(cost.amount for cost in costs),
    )
