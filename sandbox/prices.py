"""Prices and products: made inside a line, or by themselves."""

from http import HTTPStatus

from sandbox.checkout_rules import unit_amount
from sandbox.errors import missing
from sandbox.ids import new_id
from sandbox.objects import Obj
from sandbox.state import Sandbox
from sandbox.wire import Params

PRICE, PRODUCT = "price", "product"


def create_price(sandbox: Sandbox, data: Params, name: str, *, active: bool = False) -> Obj:
    """Make a price from `price_data` or from the parameters of its own; `name` says where those stand."""
    product = data.get("product")
    if product is not None and product not in sandbox.table(PRODUCT):
        raise missing("product", product, f"{name}[product]" if name else "product", HTTPStatus.BAD_REQUEST)
    if product is None:
        product = create_product(sandbox, data["product_data"])["id"]
    amount, every = unit_amount(data, name), data.get("recurring")
    price = {
        "id": new_id("price_1"),
        "object": PRICE,
        "active": active,
        "billing_scheme": "per_unit",
        "created": sandbox.now(),
        "currency": data["currency"],
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": data.get("lookup_key"),
        "metadata": data.get("metadata") or {},
        "nickname": data.get("nickname"),
        "product": product,
        "recurring": _recurring(every) if every else None,
        "tax_behavior": data.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if every else "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }
    return sandbox.table(PRICE).add(price)


def _recurring(every: Params) -> Obj:
    return {
        "interval": every["interval"],
        "interval_count": every.get("interval_count", 1),
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def create_product(sandbox: Sandbox, data: Params, *, active: bool = False) -> Obj:
    product = {
        "id": data.get("id") or new_id("prod_", 14),
        "object": PRODUCT,
        "active": active,
        "created": sandbox.now(),
        "default_price": None,
        "description": data.get("description"),
        "images": data.get("images", []),
        "livemode": False,
        "marketing_features": [],
        "metadata": data.get("metadata") or {},
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
