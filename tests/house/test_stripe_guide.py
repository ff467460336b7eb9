"""The guide names the very events that the worker knows: whoever follows it subscribes to all of them and no other."""

import re

from fund.worker.stripe_events import EVENTS
from tests.fixtures.whole_run import ROOT

GUIDE = ROOT / "docs/guides/stripe.md"
NAME = re.compile(r"`(\.?[a-z_]+(?:\.[a-z_]+)*)`")


def named() -> set[str]:
    """`a.b.c`, and `.d` after it for `a.b.d`, from the table of the endpoint's events."""
    found: list[str] = []
    table = GUIDE.read_text().partition("| about | events |")[2].partition("Any other event")[0]
    for name in NAME.findall(table):
        found.append(found[-1].rpartition(".")[0] + name if name.startswith(".") else name)
    return set(found)


def test_the_guide_names_every_event_and_no_other() -> None:
    assert named() == set(EVENTS)
