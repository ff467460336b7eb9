"""A campaign's figures against a model of them, over random histories of several campaigns and currencies."""

import itertools
from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from fund.campaigns.models import Campaign
from fund.campaigns.progress import Progress
from fund.db.session import Database
from fund.donations.campaign_progress import campaign_progress
from fund.ledger.check_ledger import check_ledger
from fund.ledger.rules import UnbalancedError
from tests.factories.campaigns import make_campaign
from tests.factories.entries import book, gift

_slugs = itertools.count(1)
amounts = st.integers(1, 10**7)


@dataclass
class Expected:
    """What the page should say; `counts` by figure."""

    campaign_id: int
    slug: str
    currency: str
    counts: Counter[str] = field(default_factory=Counter)
    sources: list[str] = field(default_factory=list)

    @property
    def cur(self) -> str:
        return self.currency.lower()


def figures(found: Progress) -> dict[str, int]:
    names = ("raised_gross", "refunded", "fees", "held", "available", "in_trust", "billed", "paid", "passed_on")
    return {name: getattr(found, name) for name in (*names, "organiser_paid", "donations_count")}


def identity_holds(found: Progress) -> bool:
    came = found.raised_gross + found.organiser_paid - found.refunded - found.fees
    return came == found.available + found.held + found.in_trust + found.paid + found.passed_on


OCCURRENCES: dict[str, tuple[dict[str, int], dict[str, int]]] = {
    # kind: (account -> sign of the amount, figure -> sign of the amount)
    "gift": ({"assets:stripe:{cur}": 1, "funds:{slug}": -1}, {"raised_gross": 1, "available": 1}),
    "refund": ({"funds:{slug}": 1, "assets:stripe:{cur}": -1}, {"refunded": 1, "available": -1}),
    "payment_failure": ({"funds:{slug}": 1, "assets:stripe:{cur}": -1}, {"refunded": 1, "available": -1}),
    "dispute": ({"assets:disputed:{cur}": 1, "assets:stripe:{cur}": -1}, {"held": 1, "available": -1}),
    "dispute_lost": ({"funds:{slug}": 1, "assets:disputed:{cur}": -1}, {"refunded": 1, "held": -1}),
    "dispute_fee": ({"exp:dispute_fees:{slug}": 1, "assets:stripe:{cur}": -1}, {"fees": 1, "available": -1}),
    "payout": ({"assets:payout_transit:{cur}": 1, "assets:stripe:{cur}": -1}, {}),
    "payout_paid": ({"assets:bank:{cur}": 1, "assets:payout_transit:{cur}": -1}, {}),
    "organiser_share": ({"assets:bank:{cur}": 1, "funds_organiser:{slug}": -1}, {"organiser_paid": 1, "available": 1}),
    "bill": ({"exp:legal:{slug}": 1, "liab:bills:{slug}": -1}, {"billed": 1}),
    "bill_paid": ({"liab:bills:{slug}": 1, "assets:bank:{cur}": -1}, {"paid": 1, "available": -1}),
    "advance": ({"assets:trust:{slug}:counsel": 1, "assets:bank:{cur}": -1}, {"in_trust": 1, "available": -1}),
    "bill_from_trust": ({"liab:bills:{slug}": 1, "assets:trust:{slug}:counsel": -1}, {"paid": 1, "in_trust": -1}),
    "surplus": ({"passed_on:{slug}": 1, "assets:bank:{cur}": -1}, {"passed_on": 1, "available": -1}),
}


class Books(RuleBasedStateMachine):
    """Several campaigns at once in one database, so that what belongs to one never shows in another."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.campaigns: list[Expected] = []

    @precondition(lambda self: len(self.campaigns) < 3)
    @rule(currency=st.sampled_from(["CAD", "SEK", "JPY", "KWD"]))
    def launch(self, currency: str) -> None:
        slug = f"matter-{next(_slugs)}"
        self.campaigns.append(Expected(make_campaign(self.database, slug=slug, currency=currency), slug, currency))

    @precondition(lambda self: self.campaigns)
    @rule(data=st.data(), kind=st.sampled_from(sorted(OCCURRENCES)), amount=amounts)
    def occur(self, data: st.DataObject, kind: str, amount: int) -> None:
        one = data.draw(st.sampled_from(self.campaigns))
        accounts, moved = OCCURRENCES[kind]
        signed = {name.format(slug=one.slug, cur=one.cur): sign * amount for name, sign in accounts.items()}
        assert book(self.database, signed, kind=kind, campaign_id=one.campaign_id, currency=one.currency)
        one.counts.update({name: sign * amount for name, sign in moved.items()})
        one.counts["donations_count"] += kind == "gift"

    @precondition(lambda self: self.campaigns)
    @rule(data=st.data(), amount=st.integers(100, 10**7), fee=st.integers(0, 99), tax=st.integers(0, 9))
    def give(self, data: st.DataObject, amount: int, fee: int, tax: int) -> None:
        one = data.draw(st.sampled_from(self.campaigns))
        tax = min(tax, fee)
        source = f"txn:{one.slug}:{len(one.sources)}"
        postings = gift(amount, fee, tax, slug=one.slug, currency=one.currency)
        assert book(self.database, postings, source=source, campaign_id=one.campaign_id, currency=one.currency)
        one.sources.append(source)
        one.counts.update(raised_gross=amount, fees=fee, available=amount - fee, donations_count=1)

    @precondition(lambda self: any(one.sources for one in self.campaigns))
    @rule(data=st.data(), amount=amounts)
    def come_again(self, data: st.DataObject, amount: int) -> None:
        one = data.draw(st.sampled_from([each for each in self.campaigns if each.sources]))
        source = data.draw(st.sampled_from(one.sources))
        assert not book(self.database, gift(amount, slug=one.slug), source=source, campaign_id=one.campaign_id)

    @rule(amount=amounts, off=st.integers(1, 5))
    def slip(self, amount: int, off: int) -> None:
        with pytest.raises(UnbalancedError):
            book(self.database, {"assets:stripe:cad": amount, "funds:x": -amount - off})

    @invariant()
    def page_says_what_happened(self) -> None:
        with self.database.read() as session:
            for one in self.campaigns:
                found = campaign_progress(session, session.get_one(Campaign, one.campaign_id))
                assert figures(found) == {name: one.counts[name] for name in figures(found)}
                assert identity_holds(found)
            assert check_ledger(session).problems == []


def test_random_histories(database: Database) -> None:
    class Here(Books):
        pass

    Here.database = database
    lives = 10 if database.engine.dialect.name == "sqlite" else 5  # there a step costs twice
    few = settings(max_examples=lives, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Here, settings=few)
