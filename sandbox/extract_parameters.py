"""Cut the parameters of the operations we serve out of Stripe's published document.

`python -m sandbox.extract_parameters openapi.json > sandbox/parameters.json`, after adding an operation.
"""

import json
import sys
from pathlib import Path
from typing import Any

SERVED = (
    "/v1/account",
    "/v1/balance",
    "/v1/billing_portal",
    "/v1/charges",
    "/v1/checkout",
    "/v1/customers",
    "/v1/disputes",
    "/v1/events",
    "/v1/invoice_payments",
    "/v1/invoices",
    "/v1/payment_intents",
    "/v1/payment_methods",
    "/v1/payouts",
    "/v1/prices",
    "/v1/products",
    "/v1/refunds",
    "/v1/setup_intents",
    "/v1/subscriptions",
    "/v1/webhook_endpoints",
)
KEPT = ("type", "enum", "maxLength", "required", "additionalProperties", "properties", "items", "anyOf")


def slim(schema: Any, schemas: dict[str, Any]) -> Any:
    """Keep what the checks read; a trimmed part of the document takes anything and becomes {}."""
    while isinstance(schema, dict) and "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    if not isinstance(schema, dict) or "x-trimmed" in schema:
        return {} if isinstance(schema, dict) else schema
    slimmed: dict[str, Any] = {}
    for key in KEPT:
        value = schema.get(key)
        if key == "properties" and value is not None:
            value = {name: slim(each, schemas) for name, each in value.items()}
        elif key == "anyOf" and value is not None:
            value = [slim(each, schemas) for each in value]
        elif key in {"items", "additionalProperties"}:
            value = slim(value, schemas)
        if value is not None:
            slimmed[key] = value
    return slimmed


def extract(document: dict[str, Any]) -> dict[str, Any]:
    """Return `{"GET /v1/...": schema of its parameters}`, query and form alike as one object schema."""
    schemas = document["components"]["schemas"]
    found: dict[str, Any] = {}
    for path, operations in document["paths"].items():
        if not path.startswith(SERVED):
            continue
        for method, each in operations.items():
            if method == "get":
                query = [one for one in each.get("parameters", []) if one["in"] == "query"]
                properties = {one["name"]: slim(one["schema"], schemas) for one in query}
                schema = {"type": "object", "additionalProperties": False, "properties": properties}
            else:
                content = each.get("requestBody", {}).get("content", {})
                form = content.get("application/x-www-form-urlencoded", {}).get("schema", {"type": "object"})
                schema = slim(form, schemas)
            found[f"{method.upper()} {path}"] = schema
    return found


if __name__ == "__main__":
    published = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.stdout.write(json.dumps(extract(published), separators=(",", ":"), sort_keys=True) + "\n")
