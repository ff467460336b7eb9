"""What everybody sees of counsel's bills, and that nobody but the desk ever sees what counsel did."""

import logging
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from fund.ledger.queries import entries
from fund.web.services import Services
from tests.factories.billing import SECRET, add_bill, add_counsel, add_time, advance, fill_bank, pay
from tests.factories.campaigns import SLUG, make_campaign
from tests.fixtures.databases import sqlite_only
from tests.fund.site.test_campaign_cost import MOST, statements
from tests.people import ALICE, add_member, sign_in

pytestmark = sqlite_only


@pytest.fixture
def campaign(services: Services) -> int:
    made = make_campaign(services.database)
    fill_bank(services.database, made, 300_000)
    return made


def test_no_bill_yet(client: FlaskClient, campaign: int) -> None:
    page = client.get(f"/c/{SLUG}").text
    assert "Counsel has not billed anything yet." in page
    assert "Hours billed" in page


def test_bills_stand_on_the_page_with_their_payments(client: FlaskClient, services: Services, campaign: int) -> None:
    database = services.database
    counsel = add_counsel(database, campaign)
    advance(database, campaign, counsel, 50_000)
    bill = add_bill(database, campaign, counsel, hours_hundredths=450, fees=112_500, tax=16_847)
    pay(database, bill, 50_000, "trust")
    pay(database, bill, 10_000, "organiser")
    page = client.get(f"/c/{SLUG}").text
    for words in (
        "Bill of 10 November 2026",
        "Work from 1 October 2026 to 31 October 2026, 4.5 h, taxes of 168.47 included.",
        "1,293.47",
        "Paid from trust on 20 November 2026",
        "\u2212500.00",
        "Paid by the organiser on 20 November 2026",
        "693.47",
        "1,293.47 billed, 600.00 paid.",
    ):
        assert words in page, words
    assert "2026-114" not in page
    french = client.get(f"/fr/c/{SLUG}").text
    assert "Payé du fidéicommis le 20 novembre 2026" in french
    assert "693,47" in french


def test_the_money_line_adds_up_with_bills_and_trust(client: FlaskClient, services: Services, campaign: int) -> None:
    database = services.database
    counsel = add_counsel(database, campaign)
    advance(database, campaign, counsel, 40_000)
    bill = add_bill(database, campaign, counsel, fees=100_000)
    pay(database, bill, 30_000, "organiser")
    pay(database, bill, 40_000, "trust")
    api = client.get(f"/api/v1/campaigns/{SLUG}").get_json()
    came = api["raised_gross"] + api["organiser_share"]["paid"] - api["refunded"] - api["fees"]
    assert came == api["available"] + api["held"] + api["in_trust"] + api["paid"] + api["passed_on"]
    assert (api["billed"], api["paid"], api["in_trust"], api["available"]) == (100_000, 70_000, 0, 260_000)
    assert api["hours"] == {"funded": "8.00", "billed": "8.00", "remaining": "0.00"}
    assert "Both lines add up to 3,300.00." in client.get(f"/c/{SLUG}").text


def test_a_new_bill_shows_in_the_very_next_request(client: FlaskClient, services: Services, campaign: int) -> None:
    counsel = add_counsel(services.database, campaign)
    assert "1,234.56" not in client.get(f"/c/{SLUG}").text
    add_bill(services.database, campaign, counsel, fees=123_456)
    assert "1,234.56" in client.get(f"/c/{SLUG}").text


def test_many_bills_cost_the_page_no_more_statements_than_one(app: Flask, services: Services, campaign: int) -> None:
    counsel = add_counsel(services.database, campaign)
    costs = []
    for number in range(12):
        pay(services.database, add_bill(services.database, campaign, counsel, number=str(number), fees=900), 100)
        with statements(services.database) as seen:
            assert app.test_client().get(f"/c/{SLUG}").status_code == 200
        costs.append(len(seen))
    assert len(set(costs)) == 1
    assert costs[0] <= MOST


def work(services: Services, campaign: int) -> str:
    """Time that is billed and paid in part, and time that waits; the bill's id."""
    database = services.database
    counsel = add_counsel(database, campaign)
    bill = add_bill(database, campaign, counsel, time_ids=(add_time(database, campaign, counsel),))
    pay(database, bill, 100)
    add_time(database, campaign, counsel)
    return bill


def test_what_counsel_did_is_on_no_public_page_and_in_no_export(app: Flask, services: Services, campaign: int) -> None:
    work(services, campaign)
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        path = rule.rule.replace("<slug>", SLUG)
        if "GET" in (rule.methods or ()) and "<" not in path and not path.startswith("/desk"):
            assert SECRET not in client.get(path, follow_redirects=True, buffered=True).text, path
    for form in ("jsonl", "csv", "beancount", "hledger"):
        done = app.test_cli_runner().invoke(args=["export-ledger", "--format", form])
        assert done.exit_code == 0
        assert SECRET not in done.output
    with services.database.read() as session:
        assert SECRET not in repr(list(entries(session)))


def test_what_counsel_did_stands_on_the_desks_own_pages_alone(app: Flask, services: Services, campaign: int) -> None:
    bill = work(services, campaign)
    alice = app.test_client()
    sign_in(alice, services.database, add_member(services.database, ALICE))
    for path in ("/desk/audit", "/desk/ledger", "/desk/", "/desk/campaigns"):
        assert SECRET not in alice.get(path).text, path
    for path in (f"/desk/campaigns/{campaign}/bills", f"/desk/bills/{bill}"):
        answer = alice.get(path)
        assert SECRET in answer.text
        assert answer.headers["Cache-Control"] == "no-store"


def test_what_counsel_did_is_in_no_log_and_not_in_the_databases_file(
    services: Services,
    campaign: int,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    caplog.set_level(logging.DEBUG)
    work(services, campaign)
    said = capfd.readouterr()
    assert SECRET not in caplog.text + said.out + said.err
    services.database.dispose()
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    assert all(SECRET.encode() not in path.read_bytes() for path in kept)
