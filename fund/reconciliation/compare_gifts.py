"""R7: every payment of ours has its one gift, and a campaign's gifts are what its account says."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from fund.campaigns.queries import all_campaigns
from fund.db.session import Database
from fund.donations.queries import donations_by_charge, gifts_that_stand
from fund.ledger.queries import sums_of_campaign
from fund.payments.facts import Charge
from fund.payments.gateway import Gateway
from fund.reconciliation.report import Report

PAGE = 500


def compare_gifts(database: Database, gateway: Gateway, report: Report, *, since: datetime | None) -> None:
    count = 0
    for page in _pages(gateway.charges(since=since)):
        ours = [charge for charge in page if _is_ours(charge, gateway.site)]
        count += len(ours)
        with database.read() as session:
            known = donations_by_charge(session, [charge.id for charge in ours])
        for charge in ours:
            if charge.id not in known:
                report.differ("R7", f"{charge.id} ({charge.amount} {charge.currency}) has no gift", "book")
    report.checked["charges"] = count
    _compare_campaigns(database, report)


def _is_ours(charge: Charge, site: str) -> bool:
    return charge.status == "succeeded" and charge.metadata.get("site") == site


def _compare_campaigns(database: Database, report: Report) -> None:
    """Where nothing was converted, gifts and account are in one currency and must agree to the minor unit."""
    with database.read() as session:
        for campaign in all_campaigns(session):
            sums = sums_of_campaign(session, campaign.id)
            funds = [s for s in sums if s.account == f"funds:{campaign.slug}"]
            converted = any(s.account.startswith("gain:fx:") for s in sums)
            if converted or any(s.currency != campaign.currency for s in funds):
                continue
            owed = -sum(s.balance for s in sums if s.account == "liab:refunds_owed")
            stands = gifts_that_stand(session, campaign.id, campaign.currency) - owed
            booked = -sum(s.balance for s in funds)
            if stands != booked:
                report.differ(
                    "R7", f"gifts of {campaign.slug} come to {stands}, its account says {booked}", "look at its gifts"
                )


def _pages(charges: Iterator[Charge]) -> Iterator[list[Charge]]:
    while page := list(islice(charges, PAGE)):
        yield page
