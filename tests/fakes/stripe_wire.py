"""Stripe's end of the wire: canned answers, and what was asked, for tests of what our gateway sends and reads."""

import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

Answer = tuple[int, dict[str, Any]]
CUT: Answer = (0, {})
"""The connection breaks."""


@dataclass
class Asked:
    method: str
    path: str
    sent: dict[str, str]
    key: str | None
    timeout: tuple[float, float]
    host: str
    headers: dict[str, str]

    @property
    def authorization(self) -> str:
        return self.headers["Authorization"]


@dataclass
class Wire:
    """Stripe's end: the answers of each path in turn, the last again and again. Each takes `seconds` of its clock."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    seconds: float = 0.5
    now: float = 0.0

    def answer(self, path: str, *answers: Answer) -> None:
        self.answers[path] = list(answers)

    def list(self, path: str, *items: dict[str, Any]) -> None:
        """In pages of one."""
        pages = [{"object": "list", "url": path, "data": [item], "has_more": True} for item in items]
        end = {"object": "list", "url": path, "data": [], "has_more": False}
        self.answer(path, *((200, page) for page in pages), (200, end))

    def request(self, method: str, url: str, **more: Any) -> SimpleNamespace:
        parts, headers = urlsplit(url), more["headers"]
        sent = dict(parse_qsl(parts.query or more["data"] or ""))
        key = headers.get("Idempotency-Key")
        self.asked.append(Asked(method.upper(), parts.path, sent, key, more["timeout"], parts.netloc, headers))
        self.now += self.seconds
        waiting = self.answers[parts.path]
        status, body = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if not status:
            raise requests.ConnectionError
        return SimpleNamespace(content=json.dumps(body).encode(), status_code=status, headers={"Request-Id": "req_1"})

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
