"""What is read of Stripe's lines, of payouts and of alerts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fund.audit.queries import newest_changes
from fund.db.session import Database
from fund.kit.errors import Refusal
from fund.payments.keep_balance_transaction import keep_balance_transaction
from fund.payments.queries import (
    fees_of_charges,
    kept_lines,
    line_of_charge,
    newest_payouts,
    open_alerts,
    settled_alerts,
)
from fund.payments.raise_alert import raise_alert
from fund.payments.settle_alert import settle_alert
from fund.payments.settle_payout import settle_payout
from tests.factories.facts import HOUR, NOON, payout, txn
from tests.fixtures.databases import sqlite_only


@sqlite_only
def test_a_charges_line_is_kept_as_it_was_read_first(database: Database) -> None:
    with database.write() as session:
        for line in (
            txn("txn_1", 10_000, fee=320, source="ch_1"),
            txn("txn_1", 9999, source="ch_1"),
            txn("txn_2", -4000, fee=35, source="ch_1", reporting_category="refund"),
            txn("txn_3", 700, fee=50, source="ch_2", currency="SEK"),
            txn("txn_4", -30, source=None, type="stripe_fee"),
        ):
            keep_balance_transaction(session, line)
    with database.read() as session:
        assert fees_of_charges(session, ["ch_1", "ch_2", "ch_3"]) == {"ch_1": (320, 9680), "ch_2": (50, 650)}
        assert fees_of_charges(session, []) == {}
        assert [line_of_charge(session, charge) for charge in ("ch_1", "ch_2", "ch_3")] == [
            (320, 9680, "CAD"), (50, 650, "SEK"), None
        ]  # fmt: skip
        assert kept_lines(session, ["txn_1", "txn_2", "txn_9"]) == {
            "txn_1": (10_000, 320, 9680, "CAD"), "txn_2": (-4000, 35, -4035, "CAD")
        }  # fmt: skip


@sqlite_only
def test_payouts_come_newest_first_in_pages(database: Database) -> None:
    with database.write() as session:
        for name, hours in (("po_b", 0), ("po_a", 0), ("po_c", 1), ("po_d", -1)):
            one = replace(payout("pending", txn(f"txn_{name}", -5000)), id=name, created=NOON + hours * HOUR)
            settle_payout(session, one, now=NOON)
    with database.read() as session:
        first = newest_payouts(session, limit=2)
        rest = newest_payouts(session, limit=5, before=(first[-1].created, first[-1].id))
    assert [row.id for row in first + rest] == ["po_c", "po_b", "po_a", "po_d"]


@sqlite_only
def test_an_alert_is_raised_once_and_settled_once(database: Database) -> None:
    with database.write() as session:
        for key in ("txn:1", "txn:2", "txn:1"):
            raise_alert(session, key=key, sentence="odd", now=NOON)
        first, second = (alert.id for alert in open_alerts(session, limit=5))
        with pytest.raises(Refusal, match="no such alert") as refused:
            settle_alert(session, alert_id=second + 1, actor="member:1", now=NOON)
        assert refused.value.status == 404
        for actor, hours in (("member:1", 0), ("member:2", 1)):
            settle_alert(session, alert_id=second, actor=actor, now=NOON + timedelta(hours=hours))
    with database.read() as session:
        (settled,) = settled_alerts(session, limit=5)
        assert [alert.id for alert in open_alerts(session, limit=5)] == [first]
        changes = [(change.actor, change.action, change.subject) for change in newest_changes(session, limit=5)]
    assert (settled.key, settled.settled_by, settled.settled_at) == ("txn:2", "member:1", NOON)
    assert changes == [("member:1", "settle_alert", f"alert:{second}")]
