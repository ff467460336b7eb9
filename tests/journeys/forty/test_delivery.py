"""Cases 3, 16, 18, 19 and 21: money told of in the wrong order, by others, in unknown words, or not at all."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from fund.payments.facts import Payment
from fund.payments.models import Alert
from tests.factories.stripe_events import event_body
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import Installation
from tests.journeys.forty.acts import (
    DAY,
    DONOR,
    charge_of,
    deliver,
    deliver_all,
    deliveries,
    dispute,
    disputes,
    prove,
    refund_at_stripe,
    refund_mails,
    run_task,
)


@sqlite_only
@pytest.mark.case(3)
@pytest.mark.parametrize("first", ["charge.refunded", "refund.created", "refund.updated"])
def test_case_03_refund_before_completed(installation: Installation, first: str) -> None:
    deliveries(installation, "drop")
    session_id = installation.give()
    charge = installation.sandbox.pay(session_id)["charge"]
    refund_at_stripe(installation, charge, 2000)
    for types in ((first,), ("checkout.session.completed", "charge.succeeded"), ("charge.refunded",)):
        deliver_all(installation, *types)
        figures = prove(installation)
        assert (figures.campaign.raised_gross, figures.campaign.refunded) == (6250, 2000)
        assert installation.gift(session_id).state == "refunded_in_part"
    assert len(refund_mails(installation)) == 1
    assert len(installation.mail_to(DONOR)) == 2


@sqlite_only
@pytest.mark.case(16)
def test_case_16_event_of_a_connected_account(installation: Installation) -> None:
    deliveries(installation, "drop")
    session_id = installation.give()
    installation.sandbox.pay(session_id)
    body = event_body("checkout.session.completed", session_id, account="acct_of_another")
    assert deliver(installation, body) == 200
    installation.work()
    assert [state for state, _ in installation.events()["checkout.session.completed"]] == ["foreign"]
    assert installation.gift(session_id).state == "pending"


@sqlite_only
@pytest.mark.case(18)
@pytest.mark.parametrize("version", ["2017-08-15", None])
def test_case_18_event_of_another_api_version(installation: Installation, version: str | None) -> None:
    """Only the envelope is read; what the object looked like in that version does not matter."""
    deliveries(installation, "drop")
    session_id = installation.give()
    installation.sandbox.pay(session_id)
    strange = {"object": {"id": session_id, "object": "checkout.session", "amount_total": "a lot", "metadata": []}}
    body = event_body("checkout.session.completed", session_id, api_version=version, data=strange)
    assert deliver(installation, body) == 200
    installation.work()
    assert prove(installation).campaign.raised_gross == 6250


@sqlite_only
@pytest.mark.case(19)
def test_case_19_unknown_type_and_unknown_dispute_status(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge = charge_of(installation, installation.pay_and_book())
    assert deliver(installation, event_body("galaxy.exploded", "gal_1")) == 200
    fetch = installation.services.gateway.fetch_payment

    def of_next_year(payment_intent_id: str) -> Payment | None:
        found = fetch(payment_intent_id)
        assert found is not None
        return replace(found, disputes=tuple(replace(each, status="appeal_pending") for each in found.disputes))

    monkeypatch.setattr(installation.services.gateway, "fetch_payment", of_next_year)
    dispute(installation, charge=charge)
    assert installation.events()["galaxy.exploded"] == [("ignored", "of no meaning here")]
    assert [row.status for row in disputes(installation)] == ["appeal_pending"]
    assert len(alerts(installation)) == 1
    figures = prove(installation)
    assert (figures.campaign.held, figures.campaign.refunded) == (6250, 0)


def alerts(installation: Installation) -> list[str]:
    with installation.database.read() as session:
        return list(session.scalars(select(Alert.sentence)))


@sqlite_only
@pytest.mark.case(21)
@pytest.mark.parametrize("days", [2, 40])
def test_case_21_hook_off_for_days(installation: Installation, days: int) -> None:
    """Two days: Stripe's list of events tells all. Forty: it does not reach back, the objects and the lines do."""
    run_task(installation, "catch_up")
    kept = installation.pay_and_book("100")
    deliveries(installation, "hold")
    missed, back, left = installation.give(), installation.give("30"), installation.give("20")
    installation.sandbox.pay(missed)
    refund_at_stripe(installation, installation.sandbox.pay(back)["charge"], 1000)
    installation.sandbox.advance(86_400)
    installation.sandbox.post("/_sandbox/dispute", {"charge": charge_of(installation, kept), "outcome": "lost"})
    installation.sandbox.advance(86_400 * (days - 1))
    installation.sandbox.post("/_sandbox/payout", {"currency": "cad"})
    after = days * DAY
    run_task(installation, "catch_up", after=after)
    caught_up = prove(installation)
    assert (caught_up.campaign.raised_gross, caught_up.campaign.refunded) == (19_250, 11_000)
    states = {session: installation.gift(session).state for session in (kept, missed, back, left)}
    assert states == {kept: "refunded", missed: "paid", back: "refunded_in_part", left: "expired"}

    deliveries(installation, "normal")
    installation.work(after=after)
    assert prove(installation).balances == caught_up.balances
    assert len([mail for mail in installation.mail_to(DONOR) if "\nSubject: Receipt" in mail]) == 3
