"""The price and product operations of the API."""

from sandbox.checkout_rules import check_price
from sandbox.errors import missing
from sandbox.events import emit
from sandbox.listing import matching, page
from sandbox.objects import Obj, merged
from sandbox.operations import Call, operation
from sandbox.prices import PRICE, PRODUCT, create_price, create_product
from sandbox.state import Sandbox

CHANGEABLE = ("active", "description", "metadata", "name")


@operation("POST", "/v1/products")
def create_a_product(sandbox: Sandbox, call: Call) -> Obj:
    product = create_product(sandbox, call.params, active=call.params.get("active", True))
    emit(sandbox, "product.created", product)
    return product


@operation("GET", "/v1/products")
def list_products(sandbox: Sandbox, call: Call) -> Obj:
    rows = matching(sandbox.table(PRODUCT).newest_first(), call.params, ("active", "url"))
    if "ids" in call.params:
        rows = (each for each in rows if each["id"] in call.params["ids"])
    return page(call, rows, PRODUCT)


@operation("GET", "/v1/products/{id}")
def retrieve_product(sandbox: Sandbox, call: Call) -> Obj:
    product = sandbox.table(PRODUCT).get(call.path["id"])
    if product is None:
        raise missing(PRODUCT, call.path["id"])
    return product


@operation("POST", "/v1/products/{id}")
def update_product(sandbox: Sandbox, call: Call) -> Obj:
    product = retrieve_product(sandbox, call)
    changes: Obj = {key: call.params[key] for key in CHANGEABLE if key in call.params}
    if "metadata" in changes:
        changes["metadata"] = merged(product["metadata"], changes["metadata"])
    previous = {key: product[key] for key in changes}
    product.update(changes)
    emit(sandbox, "product.updated", product, previous)
    return product


@operation("POST", "/v1/prices")
def create_a_price(sandbox: Sandbox, call: Call) -> Obj:
    check_price(call.params, "")
    price = create_price(sandbox, call.params, "", active=call.params.get("active", True))
    emit(sandbox, "price.created", price)
    return price


@operation("GET", "/v1/prices")
def list_prices(sandbox: Sandbox, call: Call) -> Obj:
    rows = matching(sandbox.table(PRICE).newest_first(), call.params, ("active", "currency", "product", "type"))
    return page(call, rows, PRICE)


@operation("GET", "/v1/prices/{price}")
def retrieve_price(sandbox: Sandbox, call: Call) -> Obj:
    price = sandbox.table(PRICE).get(call.path["price"])
    if price is None:
        raise missing(PRICE, call.path["price"], "price")
    return price
