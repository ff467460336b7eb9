"""The account of a period: what it says is in the ledger, and it always adds up."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.db.session import Database
from fund.donations.campaign_progress import campaign_progress
from fund.kit.errors import Refusal
from fund.ledger.post_entry import post_entry
from fund.ledger.queries import Sum
from fund.ledger.rules import line, lines
from fund.reports.account_of_period import PeriodAccount, account_of_period
from fund.reports.publish_report import Signatory, publish_report
from fund.reports.rules import FUNDS, IN, OUT, UnprovedError, account_of
from tests.factories.campaigns import SLUG, make_campaign

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
STORY = [
    ("2026-10-02", "gift", {"assets:stripe:cad": 9_680, f"exp:processing:{SLUG}": 320, f"funds:{SLUG}": -10_000}),
    ("2026-10-02", "organiser_share", {"assets:bank:cad": 50_000, f"funds_organiser:{SLUG}": -50_000}),
    ("2026-10-05", "advance", {f"assets:trust:{SLUG}:a-tremblay": 30_000, "assets:bank:cad": -30_000}),
    ("2026-10-31", "refund", {f"funds:{SLUG}": 1_000, "assets:stripe:cad": -1_000}),
    ("2026-11-01", "gift", {"assets:stripe:cad": 4_855, f"exp:processing:{SLUG}": 145, f"funds:{SLUG}": -5_000}),
    ("2026-11-02", "bill_issued", {f"exp:legal:{SLUG}": 28_743, f"liab:bills:{SLUG}": -28_743}),
    ("2026-11-03", "bill_paid", {f"liab:bills:{SLUG}": 28_743, f"assets:trust:{SLUG}:a-tremblay": -28_743}),
    ("2026-11-04", "dispute_withdrawn", {"assets:disputed:cad": 5_000, f"exp:dispute_fees:{SLUG}": 1_500,
                                         "assets:stripe:cad": -6_500}),
    ("2026-11-06", "dispute_lost", {f"funds:{SLUG}": 5_000, "assets:disputed:cad": -5_000}),
    ("2026-11-07", "passed_on", {f"passed_on:{SLUG}": 2_000, "assets:bank:cad": -2_000}),
]  # fmt: skip


def book(database: Database, campaign_id: int, day: str, kind: str, signed: dict[str, int], *, source: str) -> None:
    with database.write() as session:
        assert post_entry(
            session,
            source=source,
            kind=kind,
            campaign_id=campaign_id,
            postings=lines(*(line(account, amount, "CAD") for account, amount in signed.items())),
            occurred_at=datetime.fromisoformat(f"{day}T23:59:59Z"),
            now=NOW,
        )


@pytest.fixture
def campaign_id(database: Database) -> int:
    campaign_id = make_campaign(database)
    for number, (day, kind, signed) in enumerate(STORY):
        book(database, campaign_id, day, kind, signed, source=f"test:{number}")
    return campaign_id


def account(session: Session, campaign_id: int, first: str, last: str) -> PeriodAccount:
    return account_of_period(
        session,
        session.get_one(Campaign, campaign_id),
        period_from=date.fromisoformat(first),
        period_until=date.fromisoformat(last),
        now=NOW,
    )


def test_two_months_follow_each_other_and_make_the_whole(database: Database, campaign_id: int) -> None:
    with database.read() as session:
        october = account(session, campaign_id, "2026-10-01", "2026-10-31").figures["accounts"][0]
        november = account(session, campaign_id, "2026-11-01", "2026-11-20").figures["accounts"][0]
        whole = account(session, campaign_id, "2026-10-01", "2026-11-20").figures["accounts"][0]
        figures = campaign_progress(session, session.get_one(Campaign, campaign_id))
    assert october["opening"]["total"] == 0
    assert october["came_in"] == {"gifts": 10_000, "offline_gifts": 0, "organiser_share": 50_000, "received": 0}
    assert {name: sum_ for name, sum_ in october["went_out"].items() if sum_} == {
        "processing_fees": 320,
        "refunds": 1_000,
    }
    assert october["closing"] == {"available": 28_680, "held": 0, "in_trust": 30_000, "total": 58_680}
    assert november["opening"] == october["closing"]
    assert {name: sum_ for name, sum_ in november["went_out"].items() if sum_} == {
        "bills_paid": 28_743,
        "processing_fees": 145,
        "dispute_fees": 1_500,
        "disputes_lost": 5_000,
        "passed_on": 2_000,
    }
    assert november["closing"] == whole["closing"]
    assert (figures.available, figures.held, figures.in_trust) == tuple(
        whole["closing"][place] for place in ("available", "held", "in_trust")
    )
    assert figures.raised_gross == whole["came_in"]["gifts"]
    assert figures.fees == sum(whole["went_out"][name] for name in OUT[1:5])


def test_what_is_recorded_late_is_said_in_the_next_report(database: Database, campaign_id: int) -> None:
    with database.read() as session:
        seen = account(session, campaign_id, "2026-10-01", "2026-10-31").figures["last_entry"]
    with database.write() as session:
        first = publish_report(
            session,
            campaign_id=campaign_id,
            kind="periodic",
            period_from=date(2026, 10, 1),
            period_until=date(2026, 10, 31),
            signatories=[Signatory("A. Gagnon", "treasurer")],
            seen_entry=seen,
            actor="member:1",
            now=NOW,
        )
        assert first.number == 1
    late = {"assets:stripe:cad": 970, f"exp:processing:{SLUG}": 30, f"funds:{SLUG}": -1_000}
    book(database, campaign_id, "2026-10-30", "gift", late, source="test:late")
    with database.read() as session:
        november = account(session, campaign_id, "2026-11-01", "2026-11-20").figures
    assert november["previous"] == {"number": 1, "closing": 58_680, "booked_since": 970}
    assert november["accounts"][0]["opening"]["total"] == 59_650


def test_an_empty_period_says_so(database: Database, campaign_id: int) -> None:
    with database.read() as session:
        empty = account(session, campaign_id, "2026-11-08", "2026-11-09").figures
    assert (empty["gifts"], sum(empty["accounts"][0]["came_in"].values())) == (0, 0)
    assert empty["accounts"][0]["opening"] == empty["accounts"][0]["closing"]


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2026-11-02", "2026-11-01", "period_until"),
        ("1900-01-01", "2026-11-01", "period_from"),
        ("2026-11-01", "2026-11-21", "period_until"),
    ],
)
def test_periods_that_cannot_be_are_refused(
    database: Database, campaign_id: int, first: str, last: str, field: str
) -> None:
    with database.read() as session, pytest.raises(Refusal) as refused:
        account(session, campaign_id, first, last)
    assert refused.value.field == field


_ACCOUNTS = st.sampled_from(
    [f"{prefix}x" for prefix in ("assets:stripe:", "assets:bank:", "assets:disputed:", "assets:trust:", "exp:legal:")]
    + ["funds:x", "funds_organiser:x", "passed_on:x", "exp:processing:x", "liab:refunds_owed", "gain:fx:x"]
)
_ENTRIES = st.lists(
    st.tuples(_ACCOUNTS, _ACCOUNTS, st.sampled_from([*FUNDS, "refund"]), st.integers(1, 10**9)), max_size=20
)


@given(_ENTRIES, _ENTRIES)
def test_whatever_was_booked_it_adds_up(
    before: list[tuple[str, str, str, int]], within: list[tuple[str, str, str, int]]
) -> None:
    def sums(entries: list[tuple[str, str, str, int]]) -> list[Sum]:
        return [
            one
            for debit, credit, kind, amount in entries
            for one in (Sum(debit, kind, "CAD", amount, 0, 1), Sum(credit, kind, "CAD", 0, amount, 1))
        ]

    found = account_of("CAD", sums(before), sums(within))
    assert found.opening.total + sum(found.came_in.values()) - sum(found.went_out.values()) == found.closing.total
    assert (set(found.came_in), set(found.went_out)) == (set(IN), set(OUT))


def test_an_account_that_no_line_knows_is_an_error_not_a_gap() -> None:
    with pytest.raises(UnprovedError):
        account_of("CAD", [], [Sum("assets:mattress", "gift", "CAD", 5, 0, 1), Sum("funds:x", "gift", "CAD", 0, 5, 1)])
