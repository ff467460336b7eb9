"""Stripe stores an error of its own under the key of a refund and repeats it for a day; then the refund is made."""

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from fund.kit.clock import utc_now
from fund.payments.gateway import GatewayUnavailableError
from tests.contract.sandbox_client import stripe_client
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import Installation
from tests.journeys.forty.acts import deliveries, plan, prove, refund_mails, refunds
from tests.people import ALICE, add_member, sign_in

HOUR = timedelta(hours=1)


@sqlite_only
@pytest.mark.case(35)
def test_case_35_an_error_that_stripe_stored_ends_after_a_day(installation: Installation) -> None:
    """Every hour we look for the refund and ask under the same key; no other key, so never two refunds."""
    desk = installation.app.test_client()
    sign_in(desk, installation.database, add_member(installation.database, ALICE))
    installation.pay_and_book()
    plan(installation, installation.gifts()[0].id, 2000)
    installation.sandbox.post("/_sandbox/faults", {"path": "/v1/refunds", "mode": "500", "method": "POST"})
    assert try_again(installation, after=timedelta(0)) == "no answer"
    installation.sandbox.post("/_sandbox/faults", {"mode": "off"})
    for hours in (2, 20):
        assert try_again(installation, after=hours * HOUR) == "no answer"
    assert [row.state for row in refunds(installation)] == ["planned"]
    assert "1 refund waits for Stripe" in desk_page(desk, "/desk/", after=2 * HOUR)
    assert "asked for" in desk_page(desk, "/desk/refunds", after=2 * HOUR)
    prove(installation)

    installation.sandbox.advance(25 * 3600)
    deliveries(installation, "hold")
    assert try_again(installation, after=25 * HOUR) == "answered"
    deliveries(installation, "normal")
    installation.work(after=25 * HOUR)
    made = stripe_client(installation.sandbox).v1.refunds.list().data
    assert [(one.amount, one.metadata["refund"]) for one in made] == [(2000, refunds(installation)[0].id)]
    assert prove(installation).campaign.refunded == 2000
    assert len(refund_mails(installation)) == 1
    assert "waits for Stripe" not in desk_page(desk, "/desk/", after=25 * HOUR)


def try_again(installation: Installation, *, after: timedelta) -> str:
    """The hourly look, and the worker's try that it asks for."""
    with time_machine.travel(utc_now() + after):
        installation.queue.tasks["look_for_missing_money"]()
        try:
            installation.queue.run_all()
        except GatewayUnavailableError:
            installation.queue.enqueued.clear()
            return "no answer"
    return "answered"


def desk_page(client: FlaskClient, path: str, *, after: timedelta) -> str:
    with time_machine.travel(utc_now() + after):
        return client.get(path).text
