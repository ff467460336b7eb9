"""How often one address may do what. Counted under a keyed hash that changes every day: no address is kept."""

import hmac
from hashlib import sha256

from flask import Flask, request
from flask_limiter import Limiter

from fund.kit.clock import utc_now
from fund.web.services import services


def caller() -> str:
    """The visitor, for today only."""
    secret = f"{services().settings.secret_key}:{utc_now():%Y-%m-%d}".encode()
    return hmac.new(secret, (request.remote_addr or "").encode(), sha256).hexdigest()[:24]


limiter = Limiter(key_func=caller, strategy="moving-window", headers_enabled=True)


def give_limit() -> str:
    return services().settings.give_limit


def init_app(app: Flask, *, redis_url: str) -> None:
    app.config["RATELIMIT_STORAGE_URI"] = redis_url or "memory://"
    app.config["RATELIMIT_SWALLOW_ERRORS"] = True
    limiter.init_app(app)
    # Every limit here is a decorator's, which checks it by itself. Before each request the library would look for
    # limits of the whole application too, which costs a webhook as much as the check of its signature.
    app.before_request_funcs[None].remove(limiter._check_request_limit)  # noqa: SLF001
