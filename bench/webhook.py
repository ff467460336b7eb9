"""Taking Stripe's events in against an endpoint that only checks their signature, in turn; then one burst, counted."""

import argparse
import hashlib
import hmac
import json
import sqlite3
import sys
import time
import uuid
from pathlib import Path

from _measure import (
    SECRET,
    Load,
    environment,
    flask,
    folder,
    free_port,
    load,
    median,
    reference,
    show,
    show_ratio,
    site,
)

CONNECTIONS, EVENTS, ROUNDS, BURST = 8, 1500, 4, 1000
RATE_BAR, P99_BAR = 0.55, 2.0


def event(number: int) -> dict[str, object]:
    """About as large as Stripe's own, of a kind that the worker has nothing to do for."""
    checkout = {"id": f"cs_test_{number}", "object": "checkout.session", "amount_total": 5000, "currency": "cad"}
    checkout["metadata"] = {f"key_{index}": "v" * 40 for index in range(40)}
    return {
        "id": f"evt_{uuid.uuid4().hex}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "livemode": False,
        "type": "checkout.session.completed",
        "data": {"object": checkout},
    }


def signed(path: str, port: int, count: int) -> list[bytes]:
    """Raw requests, each with an event of its own."""
    made = []
    for number in range(count):
        body, moment = json.dumps(event(number)).encode(), str(int(time.time()))
        digest = hmac.new(SECRET.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
            f"Stripe-Signature: t={moment},v1={digest}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


def stored(here: Path) -> int:
    with sqlite3.connect(here / "retainer.sqlite3", timeout=15) as database:
        return int(database.execute("SELECT COUNT(*) FROM processor_event").fetchone()[0])


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--workers", default="0", help="worker threads in the server; they compete with the intake")
    asked.add_argument("--connections", type=int, default=CONNECTIONS)
    options = asked.parse_args()
    with folder() as here:
        environ = environment(here, free_port(), WORKERS=options.workers)
        flask(environ, "migrate")
        with site(environ) as ours, reference(here) as theirs:
            rounds: dict[str, list[Load]] = {"verify only": [], "intake": []}
            for turn in range(ROUNDS + 1):
                for name, server, path in (("verify only", theirs, "/hook"), ("intake", ours, "/hooks/stripe")):
                    requests = signed(path, server.port, EVENTS if turn else EVENTS // 5)
                    measured = load(server, requests, connections=options.connections)
                    if turn:
                        rounds[name].append(measured)
            before = stored(here)
            burst = signed("/hooks/stripe", ours.port, BURST)
            once = load(ours, burst, connections=32)
            again = load(ours, burst, connections=32)
            grown = stored(here) - before
    found = {name: median(measured) for name, measured in rounds.items()}
    for name, one in found.items():
        show(name, one)
    rate = found["intake"].rate / found["verify only"].rate
    tail = found["intake"].p99 / found["verify only"].p99
    show_ratio("intake / verify only, events a second", rate, 1, f"bar: {RATE_BAR}")
    show_ratio("intake / verify only, p99", tail, 1, f"bar: at most {P99_BAR}")
    show_ratio("intake / verify only, processor time", found["intake"].cpu, found["verify only"].cpu, "no bar")
    exact = grown == BURST and not once.errors and not again.errors
    print(f"a burst of {BURST}, sent twice: {grown} stored, answers {once.statuses} and {again.statuses}")
    return 0 if exact and rate >= RATE_BAR and tail <= P99_BAR else 1


if __name__ == "__main__":
    sys.exit(main())
