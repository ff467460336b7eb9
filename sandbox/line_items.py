"""The lines of a Checkout session, with the price and product each is made of."""

from http import HTTPStatus

from sandbox.checkout_rules import check_item, check_total, unit_amount
from sandbox.errors import invalid, missing
from sandbox.ids import new_id
from sandbox.objects import Obj
from sandbox.state import Sandbox
from sandbox.wire import Params

PRICE, PRODUCT = "price", "product"


def build_line_items(sandbox: Sandbox, params: Params) -> list[Obj]:
    """Return the items; raises StripeError when there is none, or one is wrong, or the total is out of bounds."""
    lines = params.get("line_items")
    if not lines:
        message = "You must pass `line_items` in `payment` mode."
        raise invalid(message, param="line_items", code="parameter_missing")
    for index, line in enumerate(lines):
        check_item(line, index)
    items = [_item(sandbox, line, index) for index, line in enumerate(lines)]
    if len({item["currency"] for item in items}) > 1:
        raise invalid("All line items must use the same currency.", param="line_items")
    check_total(sum(item["amount_total"] for item in items), items[0]["currency"])
    return items


def _item(sandbox: Sandbox, line: Params, index: int) -> Obj:
    name = f"line_items[{index}]"
    if line.get("price"):
        price = sandbox.table(PRICE).get(line["price"])
        if price is None:
            raise missing("price", line["price"], f"{name}[price]", HTTPStatus.BAD_REQUEST)
    else:
        price = _inline_price(sandbox, line["price_data"], name)
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


def _inline_price(sandbox: Sandbox, data: Params, name: str) -> Obj:
    product = data.get("product")
    if product is not None and product not in sandbox.table(PRODUCT):
        raise missing("product", product, f"{name}[price_data][product]", HTTPStatus.BAD_REQUEST)
    if product is None:
        product = _inline_product(sandbox, data["product_data"])["id"]
    amount = unit_amount(data, f"{name}[price_data]")
    price = {
        "id": new_id("price_1"),
        "object": PRICE,
        "active": False,
        "billing_scheme": "per_unit",
        "created": sandbox.now(),
        "currency": data["currency"],
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": product,
        "recurring": None,
        "tax_behavior": data.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }
    return sandbox.table(PRICE).add(price)


def _inline_product(sandbox: Sandbox, data: Params) -> Obj:
    product = {
        "id": new_id("prod_", 14),
        "object": PRODUCT,
        "active": False,
        "created": sandbox.now(),
        "default_price": None,
        "description": data.get("description"),
        "images": data.get("images", []),
        "livemode": False,
        "marketing_features": [],
        "metadata": data.get("metadata", {}),
        "name": data["name"],
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": data.get("tax_code"),
        "unit_label": data.get("unit_label"),
        "updated": sandbox.now(),
        "url": None,
    }
    return sandbox.table(PRODUCT).add(product)
