"""What the program keeps as English words is said in the language of the page."""

import re
from pathlib import Path

import pytest
from flask import Flask

from fund.desk.stored_words import OUTCOMES, outcome_words
from fund.web.entry_words import KINDS, kind_words

FUND = Path(__file__).resolve().parents[3] / "fund"


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("settled before", "déjà réglé"),
        ("booked txn_1Ab", "txn_1Ab inscrit aux livres"),
        ("given up: Stripe refused (x)", "abandonné : Stripe refused (x)"),
        ("something of an older release", "something of an older release"),
    ],
)
def test_outcomes_are_said_in_french(app: Flask, stored: str, said: str) -> None:
    with app.test_request_context("/fr/desk/events", environ_overrides={"fund.locale": "fr"}):
        assert outcome_words(stored) == said
        assert kind_words("gift") == "don"
        assert kind_words("of_tomorrow") == "of_tomorrow"


def test_every_outcome_and_kind_that_is_written_has_words() -> None:
    source = "".join(path.read_text() for path in FUND.rglob("*.py"))
    written = re.findall(r'Settled\(\s*"\w+",\s*f?"([^"]+)"', source)
    known = {re.sub(r"\{.*?\}", "{what}", words) for words in OUTCOMES}
    assert {re.sub(r"\{.*?\}", "{what}", words) for words in written} <= known
    assert set(re.findall(r'kind="(gift|refund\w*|payment_failure|dispute_\w+|payout\w*)"', source)) <= set(KINDS)
