"""What Stripe's own command line calls beyond the published document we serve: for its user agent alone."""

from http import HTTPStatus

from sandbox import billing, invoices, pay
from sandbox.errors import NotPossible, invalid, missing
from sandbox.ids import new_id
from sandbox.intents_api import use_method
from sandbox.invoice_shape import line
from sandbox.objects import Obj
from sandbox.operations import Call, operation
from sandbox.payment_methods import PAYMENT_METHOD, card_of, create_payment_method, keep_card
from sandbox.sessions import get_session
from sandbox.state import Sandbox

# Stripe's test account numbers: this one pays, any other is refused
PAYING_ACCOUNT = "AT611904300234573201"
PENDING = "invoiceitem"


@operation("POST", "/v1/payment_methods", published=False)
def create_method(sandbox: Sandbox, call: Call) -> Obj:
    if call.params.get("type") == "card":
        return use_method(sandbox, call.params.get("card", {}).get("token", "tok_visa"))
    method = create_payment_method(sandbox, None, call.params.get("billing_details", {}).get("email"), None)
    sandbox.notes(method["id"])["account"] = call.params.get("sepa_debit", {}).get("iban", PAYING_ACCOUNT)
    return method


@operation("POST", "/v1/payment_methods/{payment_method}/attach", published=False)
def attach(sandbox: Sandbox, call: Call) -> Obj:
    method = use_method(sandbox, call.path["payment_method"])
    customer = _customer(sandbox, call)
    return keep_card(sandbox, method, card_of(sandbox, method), customer["id"])


@operation("GET", "/v1/payment_pages/{session}", published=False)
def retrieve_page(sandbox: Sandbox, call: Call) -> Obj:
    return get_session(sandbox, call.path["session"])


@operation("POST", "/v1/payment_pages/{session}/confirm", published=False)
def confirm_page(sandbox: Sandbox, call: Call) -> Obj:
    """Pay as the page would; a debit ends at once, because the command line does not move the clock."""
    session = get_session(sandbox, call.path["session"])
    expected = call.params.get("expected_amount")
    if expected != str(session["amount_total"]):
        raise invalid(f"The amount is {session['amount_total']}, not {expected}.", param="expected_amount")
    method = sandbox.table(PAYMENT_METHOD).get(call.params.get("payment_method", ""))
    if method is None:
        raise missing("PaymentMethod", call.params.get("payment_method", ""), "payment_method", HTTPStatus.BAD_REQUEST)
    payer = pay.Payer(method["billing_details"]["email"], method["billing_details"]["name"])
    try:
        if method["type"] == "card":
            pay.pay_by_card(sandbox, session, card_of(sandbox, method), payer)
        else:
            session["payment_method_types"] = ["card", "acss_debit"]
            pay.pay_by_debit(sandbox, session, payer)
            pays = sandbox.notes(method["id"])["account"] == PAYING_ACCOUNT
            (pay.settle_debit if pays else pay.fail_debit)(sandbox, session)
    except NotPossible as error:
        raise invalid(str(error)) from None
    return session


@operation("POST", "/v1/invoiceitems", published=False)
def create_invoice_item(sandbox: Sandbox, call: Call) -> Obj:
    params, now = call.params, sandbox.now()
    amount, currency = params.get("amount", ""), params.get("currency", "")
    if not amount.isdigit():
        raise invalid(f"Invalid integer: {amount[:40]}", param="amount", code="parameter_invalid_integer")
    customer = _customer(sandbox, call)
    item = line(currency, int(amount), params.get("description", ""), (now, now))
    item.update(id=new_id("ii_1"), object=PENDING)
    sandbox.notes(customer["id"]).setdefault(PENDING, []).append(item)
    return {**item, "customer": customer["id"], "date": now}


@operation("POST", "/v1/invoices", published=False)
def create_invoice(sandbox: Sandbox, call: Call) -> Obj:
    customer = _customer(sandbox, call)
    items = sandbox.notes(customer["id"]).pop(PENDING, [])
    if not items:
        raise invalid("Nothing to invoice for customer", code="invoice_no_customer_line_items")
    lines = [{**each, "id": new_id("il_1"), "object": "line_item"} for each in items]
    occasion = invoices.Occasion("manual", sandbox.now(), sandbox.now())
    invoice = invoices.create_invoice(sandbox, customer, lines, occasion, {})
    invoice["description"] = call.params.get("description")
    invoices.tell_new(sandbox, invoice)
    return invoice


@operation("POST", "/v1/invoices/{invoice}/pay", published=False)
def pay_invoice(sandbox: Sandbox, call: Call) -> Obj:
    invoice = sandbox.table(invoices.INVOICE).get(call.path["invoice"])
    if invoice is None:
        raise missing(invoices.INVOICE, call.path["invoice"], "invoice")
    if invoice["status"] != "open":
        raise invalid("Invoice is already paid", code="invoice_already_paid")
    method = use_method(sandbox, call.params.get("payment_method", ""))
    if not billing.pay_invoice(sandbox, invoice, method, card_of(sandbox, method)):
        raise invalid("Your card was declined.", code="card_declined")
    return invoice


def _customer(sandbox: Sandbox, call: Call) -> Obj:
    identifier = call.params.get("customer", "")
    customer = sandbox.table("customer").get(identifier)
    if customer is None:
        raise missing("customer", identifier, "customer", HTTPStatus.BAD_REQUEST)
    return customer
