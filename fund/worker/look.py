"""What to fetch from Stripe's API for each kind of event. Runs outside any database transaction."""

from dataclasses import dataclass, replace

from fund.payments.facts import CheckoutSession, InvoicePayment, Payment, Payout, Subscription
from fund.payments.gateway import Gateway


@dataclass(frozen=True, slots=True)
class Found:
    """What the API says about the object of an event. All empty: Stripe does not know it."""

    payments: tuple[Payment, ...] = ()
    checkout: CheckoutSession | None = None
    """A session that nobody has paid or tried to pay."""
    subscription: Subscription | None = None
    payout: Payout | None = None
    warning: str = ""
    """Id of something that a treasurer must look at."""
    declined: bool = False
    """The donor tried to pay and could not."""
    books_moved: bool = False
    """Lines of account may have come that no event names."""

    @property
    def nothing(self) -> bool:
        return self == Found()


def session(gateway: Gateway, session_id: str) -> Found:
    """A session that was just paid comes with its charge: that is all there is to know of its payment.

    One that began a monthly gift has its first month in an invoice.
    """
    checkout = gateway.fetch_checkout_session(session_id)
    if checkout is None:
        return Found()
    if checkout.subscription_id is not None:
        begun = subscription(gateway, checkout.subscription_id)
        return replace(begun, payments=_payments_of(gateway, checkout.invoice_id))
    if checkout.payment_intent_id is None:
        return Found(checkout=checkout)
    return Found(payments=(Payment(checkout.payment_intent_id, checkout, None, checkout.charge),))


def new_payment(gateway: Gateway, payment_intent_id: str) -> Found:
    """A payment that has just succeeded: its session knows all; one without is a monthly gift's."""
    checkout = gateway.fetch_session_of_payment(payment_intent_id)
    if checkout is None:
        return payment(gateway, payment_intent_id)
    return Found(payments=(Payment(payment_intent_id, checkout, None, checkout.charge),))


def payment(gateway: Gateway, payment_intent_id: str) -> Found:
    """A payment with everything that has happened to it since."""
    found = gateway.fetch_payment(payment_intent_id)
    return Found(payments=(found,)) if found is not None else Found()


def failed_payment(gateway: Gateway, payment_intent_id: str) -> Found:
    """The donor tried to pay, and a bank said no."""
    found = gateway.fetch_payment(payment_intent_id)
    return Found(payments=(found,), declined=True) if found is not None else Found()


def new_charge(gateway: Gateway, charge_id: str) -> Found:
    charge = gateway.fetch_charge(charge_id)
    if charge is None or charge.payment_intent_id is None:
        return Found()
    return new_payment(gateway, charge.payment_intent_id)


def charge(gateway: Gateway, charge_id: str) -> Found:
    found = gateway.fetch_charge(charge_id)
    if found is None or found.payment_intent_id is None:
        return Found()
    return payment(gateway, found.payment_intent_id)


def refund(gateway: Gateway, refund_id: str) -> Found:
    found = gateway.fetch_refund(refund_id)
    if found is None or found.payment_intent_id is None:
        return Found()
    return payment(gateway, found.payment_intent_id)


def dispute(gateway: Gateway, dispute_id: str) -> Found:
    found = gateway.fetch_dispute(dispute_id)
    if found is None or found.payment_intent_id is None:
        return Found()
    return payment(gateway, found.payment_intent_id)


def payout(gateway: Gateway, payout_id: str) -> Found:
    return Found(payout=gateway.fetch_payout(payout_id))


def subscription(gateway: Gateway, subscription_id: str) -> Found:
    return Found(subscription=gateway.fetch_subscription(subscription_id))


def invoice(gateway: Gateway, invoice_id: str) -> Found:
    """A paid invoice is as many gifts as it has payments, and says how its subscription stands."""
    paid = gateway.fetch_invoice_payments(invoice_id)
    of = next((part.subscription_id for part in paid if part.subscription_id), None)
    return Found(
        payments=_payments(gateway, paid),
        subscription=gateway.fetch_subscription(of) if of else None,
        books_moved=not paid,
    )


def _payments_of(gateway: Gateway, invoice_id: str | None) -> tuple[Payment, ...]:
    return _payments(gateway, gateway.fetch_invoice_payments(invoice_id)) if invoice_id is not None else ()


def _payments(gateway: Gateway, paid: list[InvoicePayment]) -> tuple[Payment, ...]:
    found = (gateway.fetch_payment(part.payment_intent_id) for part in paid if part.payment_intent_id)
    return tuple(payment for payment in found if payment is not None)


def invoice_payment(gateway: Gateway, payment_of_invoice_id: str) -> Found:
    found = gateway.fetch_invoice_payment(payment_of_invoice_id)
    if found is None or found.payment_intent_id is None:
        return Found()
    return payment(gateway, found.payment_intent_id)


def failing_invoice(gateway: Gateway, invoice_id: str) -> Found:
    of = gateway.fetch_subscription_of_invoice(invoice_id)
    return subscription(gateway, of) if of else Found()


def fraud_warning(_gateway: Gateway, warning_id: str) -> Found:
    return Found(warning=warning_id)


def balance(_gateway: Gateway, _object_id: str) -> Found:
    return Found(books_moved=True)
