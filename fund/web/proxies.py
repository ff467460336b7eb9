"""X-Forwarded headers are believed only from the addresses in TRUSTED_PROXIES, one hop."""

from collections.abc import Callable, Iterable
from ipaddress import ip_address, ip_network
from typing import Any

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class TrustedProxies:
    def __init__(self, app: WsgiApp, networks: list[str]) -> None:
        self._app = app
        self._networks = [ip_network(network, strict=False) for network in networks]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        forwarded = environ.pop("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip()
        scheme = environ.pop("HTTP_X_FORWARDED_PROTO", "").strip()
        if (forwarded or scheme) and self._trusts(environ.get("REMOTE_ADDR", "")):
            if _is_address(forwarded):
                environ["REMOTE_ADDR"] = forwarded
            if scheme in ("http", "https"):
                environ["wsgi.url_scheme"] = scheme
        return self._app(environ, start_response)

    def _trusts(self, address: str) -> bool:
        return _is_address(address) and any(ip_address(address) in network for network in self._networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
