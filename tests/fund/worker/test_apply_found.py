"""Of payments that failed, those count as declined that somebody tried on the page of a gift."""

import pytest

from fund.donations.models import Decline
from fund.kit.clock import utc_now
from fund.payments.facts import InvoicePayment, Payment
from fund.web.services import Services
from fund.worker.apply_found import apply_found
from fund.worker.look import Found
from tests.factories.campaigns import make_campaign
from tests.factories.donations import give, start_gift
from tests.fakes.gateway import SITE

OTHER = "another.example"


@pytest.mark.parametrize(("paid_before", "site", "counted"), [(False, SITE, 1), (True, SITE, 0), (False, OTHER, 0)])
def test_the_first_payment_of_a_monthly_gift_counts(
    services: Services, *, paid_before: bool, site: str, counted: int
) -> None:
    campaign = make_campaign(services.database)
    gift = give(services, campaign) if paid_before else start_gift(services, campaign)
    assert after_decline(services, {"site": site, "donation": gift}) == counted


def test_a_payment_that_names_no_gift_of_ours_counts_nothing(services: Services) -> None:
    assert after_decline(services, {"site": SITE, "donation": "none"}) == 0
    assert after_decline(services, {"site": SITE}) == 0


def after_decline(services: Services, metadata: dict[str, str]) -> int:
    part = InvoicePayment("inpay_1", "in_1", "open", 0, "CAD", "pi_9", "sub_1", metadata)
    found = Found(payments=(Payment("pi_9", None, part, None),), declined=True)
    with services.database.write() as session:
        apply_found(services, session, found, utc_now())
    with services.database.read() as session:
        return session.query(Decline).count()
