"""What the pages and the worker read of gifts: which rows, in which order, and what they add up to."""

from datetime import timedelta

import pytest

from fund.campaigns.models import Campaign
from fund.db.session import Database
from fund.donations.models import DonorCount
from fund.donations.queries import (
    ShownDonor,
    ShownDonors,
    donation_of_session,
    donations_by_charge,
    gifts_that_stand,
    held_by_disputes,
    held_messages,
    is_paid,
    list_donations,
    messages_without_name,
    monthly_gifts_to_end,
    open_subscriptions,
    shown_donors,
    unsent_refunds,
    waiting_for_stripe,
)
from tests.factories.campaigns import make_draft
from tests.factories.gift_rows import NOON, add_dispute, add_gift, add_hand_return, add_monthly_gift, add_refund
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only

HOUR = timedelta(hours=1)


@pytest.fixture
def campaign_id(database: Database) -> int:
    return make_draft(database)


@pytest.fixture
def other(database: Database) -> int:
    return make_draft(database, slug="other")


def test_the_page_names_the_newest_of_those_who_chose_it(database: Database, campaign_id: int, other: int) -> None:
    named = {"visibility": "public", "display_name": "Charlie", "message": "Hold on!"}
    for hours, state in enumerate(("held", "shown")):
        add_gift(database, campaign_id, state, **named, message_state=state, paid_at=NOON + hours * HOUR)
    add_gift(database, campaign_id, "nameless", visibility="public", paid_at=NOON - HOUR, state="disputed")
    add_gift(database, campaign_id, "withheld", **named, name_withheld_at=NOON)
    add_gift(database, campaign_id, "pending", **named, state="pending", paid_at=None)
    add_gift(database, campaign_id, "hidden", message="Quietly", message_state="shown")
    add_gift(database, campaign_id, "hidden and held", message="Not read yet", message_state="held")
    add_gift(database, campaign_id, "hidden and gone", message="Gone", message_state="shown", state="refunded")
    add_gift(database, other, "elsewhere", **named)
    add_gift(database, other, "elsewhere too", message="Elsewhere", message_state="shown")
    with database.write() as session:
        session.add_all(
            DonorCount(campaign_id=campaign_id, named=is_named, gifts=gifts)
            for is_named, gifts in ((True, 3), (False, 4))
        )
    shown = ShownDonor("Charlie", "Hold on!", 10_000, "CAD", NOON + HOUR)
    held = ShownDonor("Charlie", None, 10_000, "CAD", NOON)
    nameless = ShownDonor("", None, 10_000, "CAD", NOON - HOUR)
    with database.read() as session:
        assert shown_donors(session, campaign_id) == ShownDonors([shown, held, nameless], more_named=0, unnamed=4)
        assert shown_donors(session, campaign_id, limit=1) == ShownDonors([shown], more_named=2, unnamed=4)
        assert messages_without_name(session, campaign_id) == ["Quietly"]


def test_a_campaign_without_gifts_shows_nobody(database: Database, campaign_id: int) -> None:
    with database.read() as session:
        assert shown_donors(session, campaign_id) == ShownDonors([], more_named=0, unnamed=0)
        assert gifts_that_stand(session, campaign_id, "CAD") == 0
        assert held_by_disputes(session) == {}


def test_a_gift_is_found_by_whatever_stripe_calls_it(database: Database, campaign_id: int) -> None:
    ids = {"checkout_session_id": "cs_1", "payment_intent_id": "pi_1", "charge_id": "ch_1"}
    add_gift(database, campaign_id, "paid", **ids)
    add_gift(database, campaign_id, "pending", paid_at=None, **{name: f"{value}0" for name, value in ids.items()})
    with database.read() as session:
        assert [is_paid(session, one) for one in (*ids.values(), "cs_10", "pi_10", "ch_10", "ch_9")] == [
            True, True, True, False, False, False, False,
        ]  # fmt: skip
        found = donation_of_session(session, "cs_1")
        assert found is not None
        assert (found.id, donation_of_session(session, "cs_9")) == ("paid", None)
        assert donations_by_charge(session, ["ch_1", "ch_9"]) == {"ch_1"}


def test_the_desk_turns_pages_without_losing_or_repeating_a_gift(
    database: Database, campaign_id: int, other: int
) -> None:
    for name in ("a", "b", "c"):
        add_gift(database, campaign_id, name)
    add_gift(database, campaign_id, "newest", created_at=NOON + HOUR, state="refunded")
    add_gift(database, other, "elsewhere", created_at=NOON - HOUR)
    with database.read() as session:

        def listed(**which: object) -> list[str]:
            return [row.id for row in list_donations(session, **which)]  # type: ignore[arg-type]

        assert listed() == ["newest", "c", "b", "a", "elsewhere"]
        assert listed(limit=2) == ["newest", "c"]
        assert listed(limit=2, before=(NOON, "c")) == ["b", "a"]
        assert listed(before=(NOON, "a")) == ["elsewhere"]
        assert listed(campaign_id=other) == ["elsewhere"]
        assert listed(state="refunded") == ["newest"]


def test_messages_wait_in_the_order_in_which_their_gifts_were_paid(database: Database, campaign_id: int) -> None:
    add_gift(database, campaign_id, "late", message_state="held", paid_at=NOON + HOUR)
    add_gift(database, campaign_id, "early", message_state="held")
    add_gift(database, campaign_id, "read", message_state="shown")
    add_gift(database, campaign_id, "unpaid", message_state="held", state="pending", paid_at=None)
    with database.read() as session:
        assert [row.id for row in held_messages(session)] == ["early", "late"]
        assert [row.id for row in held_messages(session, limit=1)] == ["early"]


def test_what_is_asked_about_at_stripe_again(database: Database, campaign_id: int) -> None:
    def pending(name: str, *, age: timedelta, **values: object) -> None:
        values = {"checkout_session_id": f"cs_{name}", "state": "pending", "paid_at": None} | values
        add_gift(database, campaign_id, name, created_at=NOON - age, **values)

    pending("old", age=2 * HOUR)
    pending("older", age=3 * HOUR)
    pending("young", age=HOUR)
    pending("never sent", age=4 * HOUR, checkout_session_id=None)
    pending("done", age=4 * HOUR, state="expired")
    add_refund(database, "done", "waits", created_at=NOON - HOUR)
    add_refund(database, "done", "first", created_at=NOON - 2 * HOUR)
    add_refund(database, "done", "fresh")
    add_refund(database, "done", "known", created_at=NOON - HOUR, state="pending")
    with database.read() as session:
        assert waiting_for_stripe(session, now=NOON, older_than=HOUR) == ["older", "old"]
        assert waiting_for_stripe(session, now=NOON, older_than=HOUR, limit=1) == ["older"]
        assert unsent_refunds(session, planned_before=NOON) == ["first", "waits"]


def test_disputes_hold_what_was_taken_and_is_neither_back_nor_lost(database: Database, campaign_id: int) -> None:
    gift = add_gift(database, campaign_id, "gift")
    add_dispute(database, gift, "dp_1", withdrawn=900, reinstated=200, lost=100)
    add_dispute(database, gift, "dp_2", withdrawn=50)
    add_dispute(database, gift, "dp_3", withdrawn=80, lost=80, settled_currency="EUR")
    with database.read() as session:
        assert held_by_disputes(session) == {"CAD": 650}


def test_of_the_gifts_stands_what_did_not_go_back(database: Database, campaign_id: int, other: int) -> None:
    gift = add_gift(database, campaign_id, "gift")
    refund = add_refund(database, gift, "gone", moved=True, state="succeeded")
    add_refund(database, gift, "planned", amount=11)
    add_refund(database, gift, "came back", amount=12, moved=True, state="failed")
    add_dispute(database, gift, "dp_1", withdrawn=2_500, lost=2_000)
    add_hand_return(database, gift, refund, "by hand")
    add_hand_return(database, gift, refund, "not paid after all", of_gift=13, reversed_at=NOON)
    back = add_gift(database, campaign_id, "a debit that came back", came_back=True)
    add_refund(database, back, "of it", moved=True, state="succeeded")
    add_gift(database, campaign_id, "not paid", paid_at=None)
    add_gift(database, campaign_id, "in euros", currency="EUR", amount=700)
    add_gift(database, other, "elsewhere", amount=800)
    with database.read() as session:
        assert gifts_that_stand(session, campaign_id, "CAD") == 10_000 - 1_000 - 2_000 - 500
        assert gifts_that_stand(session, campaign_id, "EUR") == 700


def test_monthly_gifts_that_go_on_though_their_campaign_does_not(
    database: Database, campaign_id: int, other: int
) -> None:
    add_monthly_gift(database, campaign_id, "over")
    add_monthly_gift(database, campaign_id, "ended", ended_at=NOON)
    add_monthly_gift(database, other, "good")
    with database.write() as session:
        session.get_one(Campaign, campaign_id).status = "closed"
        session.get_one(Campaign, other).status = "open"
    with database.read() as session:
        assert sorted(open_subscriptions(session)) == ["sub_good", "sub_over"]
        assert monthly_gifts_to_end(session) == ["over"]
