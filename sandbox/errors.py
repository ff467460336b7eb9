"""Refusals in Stripe's error shape."""

from http import HTTPStatus

from sandbox.objects import Obj


class StripeError(Exception):
    """An answer that is not 200: status and the fields of `error`; absent fields are left out, never null."""

    def __init__(self, status: int, kind: str, message: str, **fields: object) -> None:
        super().__init__(message)
        self.status = status
        self.fields: Obj = {key: value for key, value in fields.items() if value is not None}
        self.kind = kind
        self.message = message

    def body(self) -> Obj:
        return {"error": {**self.fields, "message": self.message, "type": self.kind}}


class NotPossible(Exception):  # noqa: N818  a rule said no
    """An object is not in a state that allows what a page or a control call asks for."""


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> StripeError:
    """Return the usual 400: a parameter or the state of an object does not allow it."""
    doc = f"https://docs.stripe.com/error-codes/{code.replace('_', '-')}" if code else None
    return StripeError(HTTPStatus.BAD_REQUEST, "invalid_request_error", message, code=code, doc_url=doc, param=param)


def missing(kind: str, identifier: str, param: str = "id", status: int = HTTPStatus.NOT_FOUND) -> StripeError:
    """Return the 404 for an object that does not exist; as a parameter of a new object it is a 400."""
    return StripeError(
        status,
        "invalid_request_error",
        f"No such {kind}: '{identifier}'",
        code="resource_missing",
        doc_url="https://docs.stripe.com/error-codes/resource-missing",
        param=param,
    )
