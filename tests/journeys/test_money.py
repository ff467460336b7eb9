"""A gift from the form to the books in a whole installation: gunicorn, its worker, Stripe's sandbox, mail over SMTP."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.sandbox_client import stripe_client
from tests.fixtures.databases import sqlite_only
from tests.fixtures.fund_process import FundProcess
from tests.fixtures.until import until
from tests.journeys.visitor import Visitor

SLUG, SWEDISH = "four-labels", "norrsken-host"
FORM = {"visibility": "public", "email": "charlie@example.net"}


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[FundProcess]:
    started = FundProcess.start(database_url, tmp_path, demo=True)
    yield started
    started.stop()


def give(site: FundProcess, amount: str, name: str, *, slug: str = SLUG, locale: str = "") -> str:
    """The id of the session whose page at the sandbox the donor now sees."""
    path = f"{locale}/c/{slug}/donate"
    there = Visitor(site.url).submit(path, to=path, amount=amount, display_name=name, **FORM)
    assert there.status == 200
    assert there.url.startswith(f"{site.sandbox.url}/c/pay/")
    return there.url.rpartition("/")[2]


def figures(site: FundProcess, slug: str = SLUG) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(site.get(f"/api/v1/campaigns/{slug}"))
    return found


def balance(site: FundProcess, currency: str) -> int:
    held = stripe_client(site.sandbox).v1.balance.retrieve()
    return sum(part.amount for part in [*held.available, *held.pending] if part.currency == currency)


def test_gifts_move_the_page_the_books_and_the_mail_alike(site: FundProcess) -> None:
    first, second = give(site, "62.50", "Charlie"), give(site, "20,00", "Renée", locale="/fr")
    swedish = give(site, "100", "Åsa", slug=SWEDISH)
    assert "Your gift is in." not in site.get(f"/c/{SLUG}/thanks?session_id={first}")
    for session_id in (first, second, swedish):
        site.sandbox.pay(session_id)
    until(lambda: figures(site)["donations_count"] == 2 and figures(site, SWEDISH)["donations_count"] == 1, 30)

    assert "Your gift is in." in site.get(f"/c/{SLUG}/thanks?session_id={first}")
    page, french = site.get(f"/c/{SLUG}"), site.get(f"/fr/c/{SLUG}")
    assert all("Charlie" in each and "Renée" in each for each in (page, french))
    assert "82.50" in page
    assert "82,50" in french

    now = figures(site)
    assert (now["raised_gross"], now["fees"]) == (8250, 211 + 88)
    report = json.loads(site.flask("check-ledger", "--json"))
    assert (report["ok"], report["entries"], report["problems"]) == (True, 3, [])
    for currency, raised in (("cad", now), ("sek", figures(site, SWEDISH))):
        held = report["balances"][f"assets:stripe:{currency}"][currency.upper()]
        assert held == balance(site, currency) == raised["available"] == raised["raised_net"]

    exported = [json.loads(line) for line in site.flask("export-ledger", "--campaign", SLUG).splitlines()]
    booked = {p["account"]: 0 for entry in exported for p in entry["postings"]}
    for posting in (p for entry in exported for p in entry["postings"]):
        booked[posting["account"]] += posting["amount"] * (1 if posting["side"] == "debit" else -1)
    assert booked[f"funds:{SLUG}"] == -8250
    assert booked[f"exp:processing:{SLUG}"] + booked.get(f"exp:fee_tax:{SLUG}", 0) == now["fees"]

    until(lambda: len(receipts(site)) == 3, 30)
    assert any("62.50" in raw for raw in receipts(site))
    assert any("20,00" in raw for raw in receipts(site))
    assert Visitor(site.url).post("/hooks/stripe", id="evt_forged").status == 400
    assert not any(word in site.log for word in ("charlie@", "Charlie", "Renée", "Traceback"))


def receipts(site: FundProcess) -> list[str]:
    return [message["raw"] for message in site.sandbox.mail() if FORM["email"] in message["to"]]


@sqlite_only
def test_money_that_is_not_there_yet_never_shows(site: FundProcess) -> None:
    debit, declined, left = give(site, "100", "Bank"), give(site, "30", "Card"), give(site, "40", "Nobody")
    site.sandbox.pay(debit, method="acss_debit", outcome="process")
    site.sandbox.pay(declined, card="4000000000000002")
    until(lambda: "Your bank debit is on its way" in site.get(f"/c/{SLUG}/thanks?session_id={debit}"), 30)
    assert (figures(site)["raised_gross"], balance(site, "cad")) == (0, 0)
    site.sandbox.advance(3600)
    until(lambda: "not completed" in site.get(f"/c/{SLUG}/thanks?session_id={left}"), 30)
    site.sandbox.pay(debit, method="acss_debit", outcome="settle")
    until(lambda: figures(site)["raised_gross"] == 10_000, 30)
    report = json.loads(site.flask("check-ledger", "--json"))
    assert report["balances"]["assets:stripe:cad"]["CAD"] == balance(site, "cad")
