import pytest

from fund.donations.rules import is_spike


@pytest.mark.parametrize(
    ("declined", "settled", "slowed", "spike"),
    [
        (19, 0, False, False), (20, 0, False, True), (20, 6, False, True), (21, 7, False, False), (22, 7, False, True),
        (4, 0, True, False), (5, 0, True, True), (5, 1, True, True), (6, 2, True, False),
    ],
)  # fmt: skip
def test_what_a_spike_is(*, declined: int, settled: int, slowed: bool, spike: bool) -> None:
    assert is_spike(declined=declined, settled=settled, slowed=slowed) is spike
