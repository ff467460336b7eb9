"""A rendered page as the cache keeps it: answers ready for whoever asks, packed or not, or "you have it"."""

import gzip
import time
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

Headers = list[tuple[str, str]]
_OWN = frozenset({"content-length", "etag", "vary"})
_WORTH_PACKING = 500


@dataclass(frozen=True, slots=True)
class Rendered:
    """What the application answered. `version` is that of the snapshot it was read from, None if it noted none.

    `until`: Unix time at which the page changes by itself, None if it does not.
    """

    status: str
    headers: Headers
    body: bytes
    version: int | None
    until: float | None = None

    @property
    def may_be_kept(self) -> bool:
        """A plain 200 that is nobody's own."""
        named = {name.lower(): value.lower() for name, value in self.headers}
        kept = named.get("cache-control", "")
        return (
            self.version is not None
            and self.status.startswith("200")
            and "set-cookie" not in named
            and "cookie" not in named.get("vary", "")
            and not any(word in kept for word in ("no-store", "private"))
        )

    def send(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response(self.status, self.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [self.body]


class KeptPage:
    """One page at one version. Two processes that render the same version give it the same ETag."""

    def __init__(self, rendered: Rendered) -> None:
        named = {name.lower(): value for name, value in rendered.headers}
        self.version, self.until = rendered.version, rendered.until
        self.rendered_at = self.used_at = time.monotonic()
        self._status, self._body = rendered.status, rendered.body
        self._packed: bytes | None = None
        self._tag = named.get("etag") or f'"{sha256(rendered.body).hexdigest()[:32]}"'
        self._headers = [pair for pair in rendered.headers if pair[0].lower() not in _OWN]
        self._headers.append(("Vary", ", ".join(filter(None, [named.get("vary"), "Accept-Encoding"]))))
        self._plain = [*self._headers, ("ETag", self._tag), ("Content-Length", str(len(self._body)))]
        self._same = [
            *(pair for pair in self._headers if not pair[0].lower().startswith("content-type")),
            ("ETag", f"W/{self._tag}"),
        ]
        self._packed_headers: Headers = []

    def send(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        asked = environ.get("HTTP_IF_NONE_MATCH")
        if asked and self._is_had(asked):
            start_response("304 NOT MODIFIED", list(self._same))
            return []
        headers, body = self._plain, self._body
        if len(body) >= _WORTH_PACKING and takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            headers, body = self._pack()
        start_response(self._status, list(headers))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _is_had(self, asked: str) -> bool:
        """If-None-Match compares weakly: packed and plain are one page."""
        tags = [tag.strip().removeprefix("W/") for tag in asked.split(",")]
        return self._tag.removeprefix("W/") in tags or tags == ["*"]

    def _pack(self) -> tuple[Headers, bytes]:
        """Once, when somebody first can use it; two threads at the same time do the same work twice."""
        if self._packed is None:
            packed = gzip.compress(self._body, 6, mtime=0)
            self._packed_headers = [
                *self._headers,
                ("Content-Encoding", "gzip"),
                ("ETag", f"W/{self._tag.removeprefix('W/')}"),
                ("Content-Length", str(len(packed))),
            ]
            self._packed = packed
        return self._packed_headers, self._packed


def takes_gzip(accepted: str) -> bool:
    """`gzip, br` yes; `gzip;q=0` no."""
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
