"""What an invoice and its lines look like before anything has happened to them."""

import copy

from sandbox.ids import new_id
from sandbox.objects import NO_ADDRESS, Obj
from sandbox.state import Sandbox

# What no invoice sets here, or every one starts with.
SAME_FOR_ALL: Obj = {
    "account_country": "CA",
    "account_name": "Sandbox",
    "account_tax_ids": None,
    "amount_overpaid": 0,
    "amount_paid": 0,
    "amount_shipping": 0,
    "application": None,
    "attempt_count": 0,
    "attempted": False,
    "auto_advance": True,
    "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None, "provider": None, "status": None},
    "automatically_finalizes_at": None,
    "billing_reason": "manual",
    "collection_method": "charge_automatically",
    "custom_fields": None,
    "customer_account": None,
    "customer_address": NO_ADDRESS,
    "customer_phone": None,
    "customer_shipping": None,
    "customer_tax_exempt": "none",
    "customer_tax_ids": [],
    "default_payment_method": None,
    "default_source": None,
    "default_tax_rates": [],
    "description": None,
    "discounts": [],
    "due_date": None,
    "ending_balance": None,
    "footer": None,
    "from_invoice": None,
    "issuer": {"type": "self"},
    "last_finalization_error": None,
    "latest_revision": None,
    "livemode": False,
    "metadata": {},
    "next_payment_attempt": None,
    "on_behalf_of": None,
    "parent": None,
    "payment_settings": {"default_mandate": None, "payment_method_options": None, "payment_method_types": None},
    "post_payment_credit_notes_amount": 0,
    "pre_payment_credit_notes_amount": 0,
    "receipt_number": None,
    "rendering": None,
    "shipping_cost": None,
    "shipping_details": None,
    "starting_balance": 0,
    "statement_descriptor": None,
    "status": "open",
    "test_clock": None,
    "total_discount_amounts": [],
    "total_pretax_credit_amounts": [],
    "total_taxes": [],
}


def invoice(sandbox: Sandbox, identifier: str, customer: Obj, lines: list[Obj]) -> Obj:
    """Return an open invoice over lines of one currency."""
    total = sum(line["amount"] for line in lines)
    number = customer["next_invoice_sequence"]
    customer["next_invoice_sequence"] += 1
    now = sandbox.now()
    return {
        **copy.deepcopy(SAME_FOR_ALL),
        "id": identifier,
        "object": "invoice",
        "amount_due": total,
        "amount_remaining": total,
        "created": now,
        "currency": lines[0]["currency"],
        "customer": customer["id"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "effective_at": now,
        "hosted_invoice_url": f"{sandbox.base_url}/receipts/{identifier}",
        "invoice_pdf": None,
        "lines": {"object": "list", "data": lines, "has_more": False, "url": f"/v1/invoices/{identifier}/lines"},
        "number": f"{customer['invoice_prefix']}-{number:04}",
        "period_end": now,
        "period_start": now,
        "status_transitions": {
            "finalized_at": now,
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
        "subtotal": total,
        "subtotal_excluding_tax": total,
        "total": total,
        "total_excluding_tax": total,
        "webhooks_delivered_at": None,
    }


def line(currency: str, amount: int, description: str, period: tuple[int, int]) -> Obj:
    """Return one line of an invoice that has no price."""
    return {
        "id": new_id("il_1"),
        "object": "line_item",
        "amount": amount,
        "currency": currency,
        "description": description,
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "parent": None,
        "period": {"end": period[1], "start": period[0]},
        "pretax_credit_amounts": [],
        "pricing": None,
        "quantity": 1,
        "subtotal": amount,
        "taxes": [],
    }


def line_of_item(item: Obj, period: tuple[int, int]) -> Obj:
    """Return the line of a subscription's item."""
    price, quantity = item["price"], item["quantity"]
    details = {
        "invoice_item": None,
        "proration": False,
        "proration_details": {"credited_items": None},
        "subscription": item["subscription"],
        "subscription_item": item["id"],
    }
    return {
        **line(price["currency"], price["unit_amount"] * quantity, f"{quantity} × every month", period),
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": details,
            "type": "subscription_item_details",
        },
        "pricing": {
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": quantity,
        "subscription": item["subscription"],
    }
