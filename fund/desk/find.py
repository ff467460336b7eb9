"""Things by the id of an address, else 404."""

import uuid

from werkzeug.exceptions import NotFound

from fund.billing.models import Bill, CounselTransfer
from fund.campaigns.models import Campaign, Counsel, TimelineEvent
from fund.campaigns.queries import all_campaigns
from fund.donations.models import Donation
from fund.updates.models import Update
from fund.updates.queries import find_update
from fund.web.request_scope import read_session

LARGEST_ID = 2**31 - 1


def find_campaign(campaign_id: int) -> Campaign:
    found = read_session().get(Campaign, campaign_id) if campaign_id <= LARGEST_ID else None
    if found is None:
        raise NotFound
    return found


def find_donation(donation_id: uuid.UUID) -> Donation:
    found = read_session().get(Donation, str(donation_id))
    if found is None:
        raise NotFound
    return found


def find_bill(bill_id: uuid.UUID) -> Bill:
    found = read_session().get(Bill, str(bill_id))
    if found is None:
        raise NotFound
    return found


def find_transfer(transfer_id: uuid.UUID) -> CounselTransfer:
    found = read_session().get(CounselTransfer, str(transfer_id))
    if found is None:
        raise NotFound
    return found


def find_event(event_id: int) -> TimelineEvent:
    found = read_session().get(TimelineEvent, event_id) if event_id <= LARGEST_ID else None
    if found is None:
        raise NotFound
    return found


def find_counsel(counsel_id: int) -> Counsel:
    found = read_session().get(Counsel, counsel_id) if counsel_id <= LARGEST_ID else None
    if found is None:
        raise NotFound
    return found


def find_any_update(update_id: int) -> Update:
    found = find_update(read_session(), update_id) if update_id <= LARGEST_ID else None
    if found is None:
        raise NotFound
    return found


def campaigns_by_id() -> dict[int, Campaign]:
    """Every campaign, newest first: there are few."""
    return {campaign.id: campaign for campaign in all_campaigns(read_session())}
