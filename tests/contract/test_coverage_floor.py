"""The floor itself: it knows every call of the gateway, and sees what is missing from a log."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from fund.payments import stripe_gateway
from fund.worker.stripe_events import EVENTS
from tests.fixtures.coverage_floor import OPERATIONS, check_floor, seen

VERBS = {"create", "retrieve", "list", "expire", "cancel", "update"}
EXCHANGES = [
    {"method": "GET", "path": "/v1/charges/ch_3CS80vIxwkermCwVE0uYId4Sh?expand[]=x", "status": 200},
    {"method": "POST", "path": "/v1/checkout/sessions/cs_test_a1B2/expire", "status": 200},
    {"method": "GET", "path": "/v1/refunds/re_3Nothing", "status": 404},
    {"event": {"type": "charge.updated"}},
    {"payload": "{}", "signature": "t=1", "secret": "whsec_x", "received_at": 1},
]


def test_it_knows_every_call_of_the_gateway() -> None:
    source = Path(stripe_gateway.__file__).read_text(encoding="utf-8")
    assert set(_calls(ast.parse(source))) == set(OPERATIONS)


def _calls(tree: ast.Module) -> Iterator[str]:
    """What follows the client (`...v1.charges.list`, or `client.charges.list` where `client` is one)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in VERBS:
            parts, inner = [node.attr], node.value
            while isinstance(inner, ast.Attribute) and inner.attr != "v1":
                parts.append(inner.attr)
                inner = inner.value
            if isinstance(inner, ast.Attribute) or (isinstance(inner, ast.Name) and inner.id == "client"):
                yield ".".join(reversed(parts))


def test_it_reads_calls_and_events_from_logs(tmp_path: Path) -> None:
    lines = "".join(json.dumps(each) + "\n" for each in EXCHANGES)
    (tmp_path / "a.jsonl").write_text(lines + '{"cut in the midd', encoding="utf-8")
    assert seen(tmp_path) == (
        {"GET /v1/charges/*", "POST /v1/checkout/sessions/*/expire"},
        {"charge.updated"},
    )


def test_it_names_what_no_test_makes(tmp_path: Path) -> None:
    said, good = check_floor(tmp_path, EVENTS)
    assert not good
    assert "call refunds.create" in said
    assert "event charge.updated" in said
    wires = [
        dict(zip(("method", "path"), wire.replace("*", "xx_1").split(), strict=True)) for wire in OPERATIONS.values()
    ]
    everything = [{**wire, "status": 200} for wire in wires] + [{"event": {"type": type_}} for type_ in EVENTS]
    (tmp_path / "b.jsonl").write_text("".join(json.dumps(each) + "\n" for each in everything), encoding="utf-8")
    assert check_floor(tmp_path, EVENTS)[1]
