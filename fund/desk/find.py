"""Things by the id of an address, else 404."""

import uuid
from typing import TypeVar

from werkzeug.exceptions import NotFound

from fund.billing.models import Bill, CounselTransfer
from fund.campaigns.models import Campaign, Counsel, TimelineEvent
from fund.campaigns.queries import all_campaigns
from fund.db.base import Base
from fund.donations.models import Donation
from fund.updates.models import Update
from fund.updates.queries import find_update
from fund.web.request_scope import read_session

LARGEST_ID = 2**31 - 1
Kind = TypeVar("Kind", bound=Base)


def find_row(kind: type[Kind], id_: int | uuid.UUID) -> Kind:
    """A number beyond the largest id would be an error of the database."""
    key = str(id_) if isinstance(id_, uuid.UUID) else id_
    found = None if isinstance(key, int) and key > LARGEST_ID else read_session().get(kind, key)
    if found is None:
        raise NotFound
    return found


def find_campaign(campaign_id: int) -> Campaign:
    return find_row(Campaign, campaign_id)


def find_donation(donation_id: uuid.UUID) -> Donation:
    return find_row(Donation, donation_id)


def find_bill(bill_id: uuid.UUID) -> Bill:
    return find_row(Bill, bill_id)


def find_transfer(transfer_id: uuid.UUID) -> CounselTransfer:
    return find_row(CounselTransfer, transfer_id)


def find_event(event_id: int) -> TimelineEvent:
    return find_row(TimelineEvent, event_id)


def find_counsel(counsel_id: int) -> Counsel:
    return find_row(Counsel, counsel_id)


def find_any_update(update_id: int) -> Update:
    found = find_update(read_session(), update_id) if update_id <= LARGEST_ID else None
    if found is None:
        raise NotFound
    return found


def campaigns_by_id() -> dict[int, Campaign]:
    """Every campaign, newest first: there are few."""
    return {campaign.id: campaign for campaign in all_campaigns(read_session())}
