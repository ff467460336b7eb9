"""Subscriptions: the object, its periods, its changes and its end. Who pays for it is billing.py."""

import copy

from sandbox import periods
from sandbox.events import emit
from sandbox.ids import new_id
from sandbox.objects import Obj
from sandbox.state import Sandbox

SUBSCRIPTION = "subscription"
LIVE = frozenset({"active", "past_due"})

# What no subscription sets here, or every one starts with.
SAME_FOR_ALL: Obj = {
    "application": None,
    "application_fee_percent": None,
    "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
    "billing_cycle_anchor_config": None,
    "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
    "billing_schedules": [],
    "billing_thresholds": None,
    "cancel_at": None,
    "cancel_at_period_end": False,
    "canceled_at": None,
    "cancellation_details": {"comment": None, "feedback": None, "reason": None},
    "collection_method": "charge_automatically",
    "customer_account": None,
    "days_until_due": None,
    "default_source": None,
    "default_tax_rates": [],
    "discounts": [],
    "ended_at": None,
    "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
    "latest_invoice": None,
    "livemode": False,
    "next_pending_invoice_item_invoice": None,
    "on_behalf_of": None,
    "pause_collection": None,
    "payment_settings": {
        "payment_method_options": None,
        "payment_method_types": None,
        "save_default_payment_method": "off",
    },
    "pending_invoice_item_interval": None,
    "pending_setup_intent": None,
    "pending_update": None,
    "schedule": None,
    "status": "active",
    "test_clock": None,
    "transfer_data": None,
    "trial_end": None,
    "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
    "trial_start": None,
}


def create_subscription(sandbox: Sandbox, customer: Obj, lines: list[tuple[Obj, int]], data: Obj) -> Obj:
    """Make one of prices with their quantities, its first period beginning now; tells nobody yet."""
    now, identifier = sandbox.now(), new_id("sub_1")
    subscription: Obj = {
        **copy.deepcopy(SAME_FOR_ALL),
        "id": identifier,
        "object": SUBSCRIPTION,
        "billing_cycle_anchor": now,
        "created": now,
        "currency": lines[0][0]["currency"],
        "customer": customer["id"],
        "default_payment_method": data.get("default_payment_method"),
        "description": data.get("description"),
        "metadata": data.get("metadata") or {},
        "start_date": now,
    }
    items = [_item(sandbox, identifier, price, quantity) for price, quantity in lines]
    address = f"/v1/subscription_items?subscription={identifier}"
    subscription["items"] = {"object": "list", "data": items, "has_more": False, "url": address}
    sandbox.notes(identifier)["period"] = 1
    return sandbox.table(SUBSCRIPTION).add(subscription)


def _item(sandbox: Sandbox, subscription_id: str, price: Obj, quantity: int) -> Obj:
    now = sandbox.now()
    return {
        "id": new_id("si_", 14),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": now,
        "current_period_end": periods.after(now, price["recurring"], 1),
        "current_period_start": now,
        "discounts": [],
        "metadata": {},
        "price": price,
        "quantity": quantity,
        "subscription": subscription_id,
        "tax_rates": [],
    }


def period(subscription: Obj) -> tuple[int, int]:
    item = subscription["items"]["data"][0]
    return item["current_period_start"], item["current_period_end"]


def begin_next_period(sandbox: Sandbox, subscription: Obj) -> None:
    """Move every item on by one period; tells nobody yet."""
    notes = sandbox.notes(subscription["id"])
    notes["period"] += 1
    for item in subscription["items"]["data"]:
        item["current_period_start"] = item["current_period_end"]
        anchor = subscription["billing_cycle_anchor"]
        item["current_period_end"] = periods.after(anchor, item["price"]["recurring"], notes["period"])


def begin_again(sandbox: Sandbox, subscription: Obj) -> None:
    """Let a first period begin now; tells nobody yet."""
    now = sandbox.now()
    subscription["billing_cycle_anchor"] = now
    sandbox.notes(subscription["id"])["period"] = 1
    for item in subscription["items"]["data"]:
        item["current_period_start"] = now
        item["current_period_end"] = periods.after(now, item["price"]["recurring"], 1)


def change(sandbox: Sandbox, subscription: Obj, changes: Obj) -> None:
    """Set fields and say what they were before, if any differs."""
    previous = {key: copy.deepcopy(subscription[key]) for key in changes if subscription[key] != changes[key]}
    subscription.update(changes)
    if previous:
        emit(sandbox, "customer.subscription.updated", subscription, previous)


def cancel_at_period_end(sandbox: Sandbox, subscription: Obj, *, wanted: bool, details: Obj | None = None) -> None:
    """Ask it to end with the period that is paid, or take that back."""
    reason = {**subscription["cancellation_details"], **(details or {})}
    reason["reason"] = "cancellation_requested" if wanted else None
    changes = {
        "cancel_at": period(subscription)[1] if wanted else None,
        "cancel_at_period_end": wanted,
        "canceled_at": sandbox.now() if wanted else None,
        "cancellation_details": reason,
    }
    change(sandbox, subscription, changes)


def set_amount(sandbox: Sandbox, subscription: Obj, item: Obj, price: Obj, quantity: int) -> None:
    """Take another price from the next period on; nothing is prorated here."""
    previous = {"items": {"data": [copy.deepcopy(item)]}}
    item.update(price=price, quantity=quantity)
    emit(sandbox, "customer.subscription.updated", subscription, previous)


def end(sandbox: Sandbox, subscription: Obj, reason: str, details: Obj | None = None) -> None:
    """End it now."""
    subscription.update(
        status="canceled",
        canceled_at=subscription["canceled_at"] or sandbox.now(),
        ended_at=sandbox.now(),
        cancellation_details={**subscription["cancellation_details"], **(details or {}), "reason": reason},
    )
    emit(sandbox, "customer.subscription.deleted", subscription)
