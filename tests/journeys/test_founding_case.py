"""The founding case from the first letter to the last cent, played through the pages.

Two owners at their desks, counsel with a link, 61 donors before Stripe's page; no use case is called directly. After
every chapter the figures that anybody can read are what they must be, and both sides of the books are equal.

On SQLite; `FOUNDING_CASE=all` plays it on PostgreSQL as well, of which each of its steps has tests of its own.
"""

import os

import pytest

from fund.worker import run_surplus
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import Installation
from tests.journeys.founding_case import dispute, ending, opening
from tests.journeys.founding_case.case import Case

pytestmark = [] if os.environ.get("FOUNDING_CASE") == "all" else [sqlite_only]


@pytest.fixture
def case(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Case:
    monkeypatch.setattr(run_surplus, "APART_SECONDS", 0.0)
    return Case(installation)


def test_from_the_first_letter_to_the_last_cent(case: Case) -> None:
    opening.a_letter_comes(case)
    opening.what_a_launch_needs_is_settled(case)
    opening.the_letter_stands_in_the_timeline(case)
    opening.the_first_gifts_and_the_share(case)
    opening.an_advance_to_counsel(case)

    dispute.four_become_thirty_one(case)
    dispute.the_rest_of_the_gifts(case)
    dispute.counsel_falls_ill(case)
    dispute.the_injunction_is_refused(case)
    dispute.counsel_is_paid(case)

    ending.three_gifts_go_back_early(case)
    ending.it_is_settled_and_the_site_closes(case)
    ending.nothing_is_divided_before_all_is_settled(case)
    ending.the_sites_cost_is_assigned(case)
    planned = ending.what_is_left_goes_back(case)
    ending.everything_is_proved(case, planned)
    ending.the_final_report(case)
