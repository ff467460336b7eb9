"""How often one address may do what. Counted under a keyed hash that changes every day: no address is kept."""

import hmac
import time
from hashlib import sha256
from ipaddress import IPv6Address, ip_address

from flask import Flask, Response, request
from flask_limiter import Limiter

from fund.kit.clock import utc_now
from fund.web.services import services


def caller() -> str:
    """The visitor, for today only."""
    secret = f"{services().settings.secret_key}:{utc_now():%Y-%m-%d}".encode()
    return hmac.new(secret, _network(request.remote_addr or "").encode(), sha256).hexdigest()[:24]


def _network(address: str) -> str:
    """Whoever has one IPv6 address has 2^64 of them to take turns with: the network is the caller."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or IPv6Address(int(found) >> HOST_BITS << HOST_BITS)
    return str(found)


TOO_MANY = 429
HOST_BITS = 64
limiter = Limiter(key_func=caller, strategy="moving-window")


def give_limit() -> str:
    return services().settings.give_limit


def _say_when(response: Response) -> Response:
    """Only who was refused is told to wait: on any other answer browsers and proxies would wait for nothing."""
    if response.status_code == TOO_MANY and "Retry-After" not in response.headers and limiter.current_limit:
        response.headers["Retry-After"] = str(max(1, int(limiter.current_limit.reset_at - time.time())))
    return response


def init_app(app: Flask, *, redis_url: str) -> None:
    app.config["RATELIMIT_STORAGE_URI"] = redis_url or "memory://"
    app.config["RATELIMIT_SWALLOW_ERRORS"] = True
    limiter.init_app(app)
    app.after_request(_say_when)
    # Every limit here is a decorator's, which checks it by itself. Before each request the library would look for
    # limits of the whole application too, which costs a webhook as much as the check of its signature.
    app.before_request_funcs[None].remove(limiter._check_request_limit)  # noqa: SLF001
