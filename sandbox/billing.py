"""Who pays a subscription's invoices and when: the first, each renewal, the tries after a refusal, the end."""

from sandbox import collect, invoices, subscriptions
from sandbox.cards import Card, find_card
from sandbox.clock import DAY
from sandbox.errors import NotPossible, invalid
from sandbox.events import emit
from sandbox.invoice_shape import line_of_item
from sandbox.objects import Obj
from sandbox.payment_intents import create_intent
from sandbox.payment_methods import PAYMENT_METHOD, card_of, create_payment_method, keep_card
from sandbox.state import Sandbox

RETRY_AFTER = (3 * DAY, 5 * DAY)


def customer_of(sandbox: Sandbox, owner: Obj) -> Obj:
    return sandbox.table("customer").get(owner["customer"]) or {}


def begin_paid(sandbox: Sandbox, subscription: Obj, intent: Obj) -> Obj:
    """Start a subscription whose first invoice an intent has just paid; returns the invoice."""
    invoice = _invoice(sandbox, subscription, "subscription_create")
    emit(sandbox, "customer.subscription.created", subscription)
    invoices.tell_new(sandbox, invoice)
    invoices.mark_payment_paid(sandbox, invoice, invoices.add_payment(sandbox, invoice, intent))
    invoice["attempt_count"] = 1
    invoices.mark_paid(sandbox, invoice)
    _renew_later(sandbox, subscription)
    return invoice


def begin(sandbox: Sandbox, subscription: Obj) -> None:
    """Start a subscription with the method on file; a refusal leaves it incomplete."""
    invoice = _invoice(sandbox, subscription, "subscription_create")
    subscription["status"] = "incomplete"
    emit(sandbox, "customer.subscription.created", subscription)
    invoices.tell_new(sandbox, invoice)
    if pay_invoice(sandbox, invoice, *method_of(sandbox, subscription)):
        subscriptions.change(sandbox, subscription, {"status": "active"})
        _renew_later(sandbox, subscription)


def method_of(sandbox: Sandbox, subscription: Obj) -> tuple[Obj, Card]:
    """Return the method that pays a subscription; raises the 400 of a customer without one."""
    customer = customer_of(sandbox, subscription)
    on_file = subscription["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
    method = sandbox.table(PAYMENT_METHOD).get(on_file or "")
    if method is None:
        message = "This customer has no attached payment source or default payment method."
        raise invalid(message, code="resource_missing")
    return method, card_of(sandbox, method)


def set_card(sandbox: Sandbox, subscription: Obj, number: str) -> None:
    """Let another test card pay from now on; raises the 402 of a number that is none."""
    card, before = find_card(number), sandbox.table(PAYMENT_METHOD).get(subscription["default_payment_method"] or "")
    details = (before or {}).get("billing_details") or {"email": None, "name": None}
    method = create_payment_method(sandbox, card, details["email"], details["name"])
    keep_card(sandbox, method, card, subscription["customer"])
    subscriptions.change(sandbox, subscription, {"default_payment_method": method["id"]})


def pay_invoice(sandbox: Sandbox, invoice: Obj, method: Obj, card: Card) -> bool:
    """Try once to pay what is open; says what came of it and returns whether it is paid now."""
    taken = []
    invoice.update(attempted=True, attempt_count=invoice["attempt_count"] + 1)
    for payment in _open_payments(sandbox, invoice):
        intent = sandbox.table("payment_intent").get(payment["payment"]["payment_intent"]) or {}
        if card.decline or card.special == "authenticate_always":
            _refused(sandbox, invoice, intent, method, card)
            return False
        taken.append((intent, collect.take(sandbox, intent, method, card)))
        invoices.mark_payment_paid(sandbox, invoice, payment)
    invoices.mark_paid(sandbox, invoice)
    for intent, charge in taken:
        collect.tell(sandbox, intent, charge)
        collect.dispute_by_card(sandbox, charge, card)
    return True


def _refused(sandbox: Sandbox, invoice: Obj, intent: Obj, method: Obj, card: Card) -> None:
    if card.decline:
        collect.decline(sandbox, intent, method, card, card.decline)
        emit(sandbox, "invoice.payment_failed", invoice)
        return
    ask = {"redirect_to_url": {"return_url": None, "url": invoice["hosted_invoice_url"]}, "type": "redirect_to_url"}
    intent.update(status="requires_action", payment_method=method["id"], next_action=ask)
    emit(sandbox, "payment_intent.requires_action", intent)
    emit(sandbox, "invoice.payment_failed", invoice)
    emit(sandbox, "invoice.payment_action_required", invoice)


def _open_payments(sandbox: Sandbox, invoice: Obj) -> list[Obj]:
    """Return the payments to try; made with the first try, in as many parts as a test asked for."""
    known = invoices.payments_of(sandbox, invoice["id"])
    if not known:
        parts = sandbox.notes(invoice["id"]).get("parts", 1)
        share, rest = divmod(invoice["amount_remaining"], parts)
        amounts = [share + (index < rest) for index in range(parts)]
        known = [
            invoices.add_payment(sandbox, invoice, _intent(sandbox, invoice, amount)) for amount in amounts if amount
        ]
    return [each for each in known if each["status"] == "open"]


def _intent(sandbox: Sandbox, invoice: Obj, amount: int) -> Obj:
    terms = {
        "allowed_payment_method_types": None,
        "amount_total": amount,
        "currency": invoice["currency"],
        "customer": invoice["customer"],
        "payment_method_types": ["card"],
    }
    first = invoice["billing_reason"] == "subscription_create"
    description = invoice["description"] or f"Subscription {'creation' if first else 'update'}"
    return create_intent(sandbox, terms, {"description": description, "setup_future_usage": "off_session"})


def _invoice(sandbox: Sandbox, subscription: Obj, reason: str) -> Obj:
    start, end = subscriptions.period(subscription)
    notes = sandbox.notes(subscription["id"])
    occasion = invoices.Occasion(reason, start, end, free=notes.pop("free", False))
    lines = [line_of_item(each, (start, end)) for each in subscription["items"]["data"]]
    invoice = invoices.create_invoice(sandbox, customer_of(sandbox, subscription), lines, occasion, subscription)
    sandbox.notes(invoice["id"])["parts"] = notes.pop("parts", 1)
    subscription["latest_invoice"] = invoice["id"]
    return invoice


def _renew_later(sandbox: Sandbox, subscription: Obj) -> None:
    moment = subscriptions.period(subscription)[1]
    sandbox.clock.at(moment, lambda: _renew(sandbox, subscription, moment))


def pause(sandbox: Sandbox, subscription: Obj) -> None:
    """Stop asking for money until somebody resumes it."""
    if subscription["status"] not in subscriptions.LIVE:
        raise NotPossible(f"Subscription {subscription['id']} is {subscription['status']}, so it cannot be paused.")
    subscription["status"] = "paused"
    emit(sandbox, "customer.subscription.paused", subscription)


def resume(sandbox: Sandbox, subscription: Obj) -> None:
    """Go on with a period that begins, and is paid, now."""
    if subscription["status"] != "paused":
        raise NotPossible(f"Subscription {subscription['id']} is {subscription['status']}, so it cannot be resumed.")
    subscription["status"] = "active"
    subscriptions.begin_again(sandbox, subscription)
    invoice = _invoice(sandbox, subscription, "subscription_update")
    emit(sandbox, "customer.subscription.resumed", subscription)
    invoices.tell_new(sandbox, invoice)
    _try(sandbox, subscription, invoice)
    _renew_later(sandbox, subscription)


def _renew(sandbox: Sandbox, subscription: Obj, moment: int) -> None:
    if subscription["status"] not in subscriptions.LIVE or subscriptions.period(subscription)[1] != moment:
        return
    if subscription["cancel_at_period_end"]:
        subscriptions.end(sandbox, subscription, "cancellation_requested")
        return
    start, end = subscriptions.period(subscription)
    previous: Obj = {"latest_invoice": subscription["latest_invoice"]}
    previous["items"] = {"data": [{"current_period_end": end, "current_period_start": start}]}
    subscriptions.begin_next_period(sandbox, subscription)
    invoice = _invoice(sandbox, subscription, "subscription_cycle")
    emit(sandbox, "customer.subscription.updated", subscription, previous)
    invoices.tell_new(sandbox, invoice)
    _try(sandbox, subscription, invoice)
    _renew_later(sandbox, subscription)


def _try(sandbox: Sandbox, subscription: Obj, invoice: Obj) -> None:
    """Pay, or try again some days later; the last refusal ends the subscription."""
    if subscription["status"] not in subscriptions.LIVE or invoice["status"] != "open":
        return
    tries = invoice["attempt_count"]
    wait = RETRY_AFTER[tries] if tries < len(RETRY_AFTER) else None
    invoice["next_payment_attempt"] = sandbox.now() + wait if wait else None
    if pay_invoice(sandbox, invoice, *method_of(sandbox, subscription)):
        subscriptions.change(sandbox, subscription, {"status": "active"})
    elif wait is None:
        invoice["auto_advance"] = False
        subscriptions.end(sandbox, subscription, "payment_failed")
    else:
        subscriptions.change(sandbox, subscription, {"status": "past_due"})
        sandbox.clock.at(sandbox.now() + wait, lambda: _try(sandbox, subscription, invoice))
