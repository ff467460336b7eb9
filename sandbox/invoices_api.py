"""The operations on invoices and their payments."""

from collections.abc import Iterable

from sandbox.errors import missing
from sandbox.expand import INCLUDED
from sandbox.invoices import INVOICE, INVOICE_PAYMENT, payments_of
from sandbox.listing import matching, page
from sandbox.objects import Obj
from sandbox.operations import Call, operation
from sandbox.state import Sandbox


@operation("GET", "/v1/invoices")
def list_all(sandbox: Sandbox, call: Call) -> Obj:
    rows: Iterable[Obj] = sandbox.table(INVOICE).newest_first()
    if "subscription" in call.params:
        rows = (each for each in rows if _subscription(each) == call.params["subscription"])
    return page(call, matching(rows, call.params, ("customer", "status", "collection_method")), INVOICE)


@operation("GET", "/v1/invoices/{invoice}")
def retrieve(sandbox: Sandbox, call: Call) -> Obj:
    invoice = sandbox.table(INVOICE).get(call.path["invoice"])
    if invoice is None:
        raise missing(INVOICE, call.path["invoice"], "invoice")
    return invoice


@operation("GET", "/v1/invoice_payments")
def list_payments(sandbox: Sandbox, call: Call) -> Obj:
    rows = matching(sandbox.table(INVOICE_PAYMENT).newest_first(), call.params, ("invoice", "status"))
    wanted = call.params.get("payment")
    if wanted:
        rows = (each for each in rows if all(each["payment"].get(key) == value for key, value in wanted.items()))
    return page(call, rows, INVOICE_PAYMENT)


@operation("GET", "/v1/invoice_payments/{invoice_payment}")
def retrieve_payment(sandbox: Sandbox, call: Call) -> Obj:
    payment = sandbox.table(INVOICE_PAYMENT).get(call.path["invoice_payment"])
    if payment is None:
        raise missing(INVOICE_PAYMENT, call.path["invoice_payment"], "invoice_payment")
    return payment


def _subscription(invoice: Obj) -> str | None:
    found: str | None = ((invoice["parent"] or {}).get("subscription_details") or {}).get("subscription")
    return found


def _included(sandbox: Sandbox, invoice: Obj) -> Obj:
    address = f"/v1/invoice_payments?invoice={invoice['id']}"
    return {"object": "list", "data": payments_of(sandbox, invoice["id"]), "has_more": False, "url": address}


INCLUDED[INVOICE, "payments"] = _included
