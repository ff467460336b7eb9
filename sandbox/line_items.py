"""The lines of a Checkout session, with the price and product each is made of."""

from http import HTTPStatus

from sandbox.checkout_rules import check_item, check_kind, check_total
from sandbox.errors import invalid, missing
from sandbox.ids import new_id
from sandbox.objects import Obj
from sandbox.prices import PRICE, PRODUCT, create_price
from sandbox.state import Sandbox
from sandbox.wire import Params


def build_line_items(sandbox: Sandbox, params: Params) -> list[Obj]:
    """Return the items; raises StripeError when there is none, or one is wrong, or the total is out of bounds."""
    lines = params.get("line_items")
    if not lines:
        message = f"You must pass `line_items` in `{params['mode']}` mode."
        raise invalid(message, param="line_items", code="parameter_missing")
    for index, line in enumerate(lines):
        check_item(line, index, params["mode"])
    items = [_item(sandbox, line, index, params["mode"]) for index, line in enumerate(lines)]
    if len({item["currency"] for item in items}) > 1:
        raise invalid("All line items must use the same currency.", param="line_items")
    check_total(sum(item["amount_total"] for item in items), items[0]["currency"])
    return items


def _item(sandbox: Sandbox, line: Params, index: int, mode: str) -> Obj:
    name = f"line_items[{index}]"
    if line.get("price"):
        price = sandbox.table(PRICE).get(line["price"])
        if price is None:
            raise missing("price", line["price"], f"{name}[price]", HTTPStatus.BAD_REQUEST)
        check_kind(price["recurring"], mode, f"{name}[price]")
    else:
        price = create_price(sandbox, line["price_data"], f"{name}[price_data]")
    product = sandbox.table(PRODUCT).get(price["product"]) or {}
    amount = price["unit_amount"] * line["quantity"]
    return {
        "id": new_id("li_1"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": product.get("name"),
        "metadata": line.get("metadata", {}),
        "price": price,
        "quantity": line["quantity"],
    }
