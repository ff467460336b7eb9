"""What every file of the sandbox calls a Stripe object: a JSON object, shaped by the published schema."""

from typing import Any

Obj = dict[str, Any]

API_VERSION = "2026-10-28.endive"
NO_ADDRESS: Obj = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def merged(old: Obj, new: Obj | None) -> Obj:
    """Return metadata after an update: an empty value takes its key away, an empty whole takes all of them."""
    if new is None:
        return old
    return {key: value for key, value in {**old, **new}.items() if value} if new else {}
