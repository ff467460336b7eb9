"""Idempotency keys: the first answer of a key is its answer for a day."""

from dataclasses import dataclass
from http import HTTPStatus

from sandbox.clock import DAY
from sandbox.errors import StripeError, invalid
from sandbox.objects import Obj

LONGEST_KEY = 255


@dataclass
class Remembered:
    """A key in use; `status` stays None while its first request is still being answered."""

    request: str
    since: int
    status: int | None = None
    body: Obj | None = None


class IdempotencyKeys:
    """Called under the sandbox's lock."""

    def __init__(self) -> None:
        self._keys: dict[str, Remembered] = {}

    def begin(self, key: str, request: str, now: int) -> Remembered | None:
        """Take the key, or return what it answered before; `request` identifies method, path and parameters."""
        if len(key) > LONGEST_KEY:
            raise invalid(f"The Idempotency-Key is longer than {LONGEST_KEY} characters.")
        known = self._keys.get(key)
        if known is None or now - known.since >= DAY:
            self._keys[key] = Remembered(request, now)
            return None
        if known.request != request:
            message = (
                "Keys for idempotent requests can only be used with the same parameters they were first used"
                f" with. Try using a key other than '{key}' if you meant to execute a different request."
            )
            raise StripeError(HTTPStatus.BAD_REQUEST, "idempotency_error", message)
        if known.status is None:
            message = (
                "There is currently another in-progress request using this Idempotent Key (that probably means"
                f" you submitted twice, and the other request is still going through): {key}."
            )
            code = "idempotency_key_in_use"
            raise StripeError(HTTPStatus.CONFLICT, "invalid_request_error", message, code=code)
        return known

    def finish(self, key: str, status: int, body: Obj) -> None:
        """Keep the answer; one that refused the request before doing anything frees the key instead."""
        known = self._keys.get(key)
        if known is None:
            return
        if status in {HTTPStatus.OK, HTTPStatus.PAYMENT_REQUIRED} or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            known.status, known.body = status, body
        else:
            del self._keys[key]

    def clear(self) -> None:
        self._keys.clear()
