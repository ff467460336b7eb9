"""What every file of the sandbox calls a Stripe object: a JSON object, shaped by the published schema."""

from typing import Any

Obj = dict[str, Any]

API_VERSION = "2026-10-28.endive"
NO_ADDRESS: Obj = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
