"""Every file that moves or counts money has the quick tests that the mutation benchmark runs on its faults."""

from bench._mutation_tests import FOLDERS, MONEY
from tests.fixtures.whole_run import ROOT
from tests.house.tree import python_files, shown

DECLARED = ("__init__.py", "models.py")
"""Declarations: the migrations are compared with them."""
WITHOUT = {
    "fund/donations/campaign_progress.py": "one call, with no fault to make",
    "fund/payments/alert_words.py": "sentences",
    "fund/payments/facts.py": "declarations",
    "fund/payments/gateway.py": "declarations",
    "fund/payments/raise_alert.py": "one statement, with no fault to make",
}


def test_no_file_of_money_is_left_out() -> None:
    of_money = {
        shown(path)
        for path in python_files("fund/ledger", "fund/donations", "fund/payments")
        if path.name not in DECLARED
    }
    assert of_money - set(MONEY) == set(WITHOUT)
    assert set(MONEY) - of_money == {"fund/kit/money.py", "fund/kit/signed_posts.py"}


def test_the_tests_are_there() -> None:
    assert {
        test for tests in (*MONEY.values(), *FOLDERS.values()) for test in tests if not (ROOT / test).exists()
    } == set()
