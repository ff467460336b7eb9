"""Stripe's objects as ours: the fields we read, and no other. Takes anything with attributes or items."""

from typing import Any

from fund.kit.clock import from_unix
from fund.payments.gateway import BalanceTransaction, Charge, CheckoutSession

TAX_TYPES = ("tax", "withheld_tax")


def read_session(session: Any) -> CheckoutSession:
    payment = _field(session, "payment_intent")
    charge = _field(payment, "latest_charge") if not isinstance(payment, str) else None
    return CheckoutSession(
        id=session["id"],
        status=session["status"],
        payment_status=session["payment_status"],
        amount_total=session["amount_total"] or 0,
        currency=str(session["currency"] or "").upper(),
        livemode=session["livemode"],
        metadata=_metadata(session),
        payment_intent_id=_id(payment),
        payment_intent_status=_field(payment, "status") if not isinstance(payment, str) else None,
        charge=read_charge(charge) if charge is not None and not isinstance(charge, str) else None,
        url=_field(session, "url"),
    )


def read_charge(charge: Any) -> Charge:
    transaction = _field(charge, "balance_transaction")
    expanded = transaction is not None and not isinstance(transaction, str)
    return Charge(
        id=charge["id"],
        amount=charge["amount"],
        currency=charge["currency"].upper(),
        status=charge["status"],
        livemode=charge["livemode"],
        payment_intent_id=_id(_field(charge, "payment_intent")),
        metadata=_metadata(charge),
        balance_transaction=read_balance_transaction(transaction) if expanded else None,
    )


def read_balance_transaction(transaction: Any) -> BalanceTransaction:
    details = _field(transaction, "fee_details") or []
    return BalanceTransaction(
        id=transaction["id"],
        type=transaction["type"],
        reporting_category=transaction["reporting_category"],
        source=_id(_field(transaction, "source")),
        currency=transaction["currency"].upper(),
        amount=transaction["amount"],
        fee=transaction["fee"],
        fee_tax=sum(part["amount"] for part in details if part["type"] in TAX_TYPES),
        net=transaction["net"],
        created=from_unix(transaction["created"]),
        raw=_plain(transaction),
    )


def _plain(transaction: Any) -> dict[str, Any]:
    raw: dict[str, Any] = transaction.to_dict() if hasattr(transaction, "to_dict") else dict(transaction)
    if raw.get("exchange_rate") is not None:
        raw["exchange_rate"] = str(raw["exchange_rate"])
    return raw


def _field(thing: Any, name: str) -> Any:
    """None for a field that this version or this object does not have."""
    if thing is None:
        return None
    return thing[name] if name in thing else None  # noqa: SIM401  StripeObject is no dict: it has no get


def _id(thing: Any) -> str | None:
    return thing if thing is None or isinstance(thing, str) else str(thing["id"])


def _metadata(thing: Any) -> dict[str, str]:
    found = _field(thing, "metadata")
    if found is None:
        return {}
    plain = found.to_dict() if hasattr(found, "to_dict") else dict(found)
    return {str(key): str(value) for key, value in plain.items()}
