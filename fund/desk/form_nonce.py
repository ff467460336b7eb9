"""A form about money carries a number of its own, so that sending it twice does its work once."""

import re
import secrets

from flask import request

from fund.kit.errors import Refusal

_NONCE = re.compile(r"[A-Za-z0-9_-]{10,64}")


def new_nonce() -> str:
    return secrets.token_urlsafe(18)


def sent_nonce() -> str:
    """Of the form that was sent. Raises Refusal if it carries none."""
    nonce = request.form.get("nonce", "")
    if not _NONCE.fullmatch(nonce):
        raise Refusal("This form is not complete. Open the page again.")
    return nonce
