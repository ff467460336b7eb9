from typing import Any

from fund.payments.gateway import CheckoutRequest


def session_params(request: CheckoutRequest, site: str) -> dict[str, Any]:
    """What a session is made with. Session metadata is not copied to the payment or subscription: both get it."""
    metadata = {"site": site, "donation": request.donation_id, "campaign": request.campaign_slug}
    if request.stop_at_target:
        metadata["stop_at_target"] = "1"
    price: dict[str, Any] = {
        "currency": request.currency.lower(),
        "unit_amount": request.amount,
        "product_data": {"name": request.title},
    }
    mode: dict[str, Any] = {
        "mode": "payment",
        "payment_intent_data": {"metadata": metadata, "capture_method": "automatic"},
    }
    if request.monthly:
        price["recurring"] = {"interval": "month"}
        mode = {"mode": "subscription", "subscription_data": {"metadata": metadata}}
    params = mode | {
        "submit_type": "donate",
        "line_items": [{"price_data": price, "quantity": 1}],
        "client_reference_id": request.donation_id,
        "metadata": metadata,
        "adaptive_pricing": {"enabled": False},
        "locale": request.locale,
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
        "expires_at": int(request.expires_at.timestamp()),
    }
    if request.customer_email:
        params["customer_email"] = request.customer_email
    return params
