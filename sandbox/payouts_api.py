"""The payout operations of the API: those made here are manual ones."""

from sandbox.errors import NotPossible, invalid, missing
from sandbox.listing import matching, page
from sandbox.objects import Obj
from sandbox.operations import Call, operation
from sandbox.payouts import PAYOUT, Order, create_payout, let_run
from sandbox.state import Sandbox


@operation("GET", "/v1/payouts")
def list_all(sandbox: Sandbox, call: Call) -> Obj:
    rows = matching(sandbox.table(PAYOUT).newest_first(), call.params, ("destination", "status"))
    return page(call, rows, PAYOUT)


@operation("GET", "/v1/payouts/{payout}")
def retrieve(sandbox: Sandbox, call: Call) -> Obj:
    payout = sandbox.table(PAYOUT).get(call.path["payout"])
    if payout is None:
        raise missing(PAYOUT, call.path["payout"], "payout")
    return payout


@operation("POST", "/v1/payouts")
def create(sandbox: Sandbox, call: Call) -> Obj:
    if call.params["amount"] < 1:
        raise invalid("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    order = Order(call.params["currency"], call.params["amount"], automatic=False)
    try:
        payout = create_payout(sandbox, order, call.params)
    except NotPossible:
        message = (
            "You have insufficient funds in your Stripe account for this transfer. Your account balance is too low. You"
            " can use the the /v1/balance endpoint to view your Stripe balance (for more details, see"
            " stripe.com/docs/api#balance)."
        )
        raise invalid(message, code="balance_insufficient") from None
    let_run(sandbox, payout)
    return payout
