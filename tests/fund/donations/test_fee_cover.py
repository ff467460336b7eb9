from hypothesis import given
from hypothesis import strategies as st

from fund.donations.fee_cover import added_for_fee, estimated_fee, fee_for

CARD = (29_000, 30)
FEES = st.tuples(st.integers(0, 499_999), st.integers(0, 10_000))


def test_the_example_of_the_form() -> None:
    assert added_for_fee(6250, CARD, step=1) == 218
    assert estimated_fee(6468, CARD) == 218


def test_currencies_without_small_units_and_with_coarse_steps() -> None:
    assert added_for_fee(5000, (36_000, 0), step=1) == 187
    assert added_for_fee(50_000, CARD, step=100) == 1600


def test_a_currency_of_its_own_goes_before_any_other() -> None:
    fees = {"SEK": (15_000, 180), "*": CARD}
    assert fee_for(fees, "SEK") == (15_000, 180)
    assert fee_for(fees, "EUR") == CARD
    assert fee_for({}, "EUR") is None


@given(FEES, st.integers(1, 99_999_999), st.sampled_from([1, 10, 100]))
def test_the_whole_gift_is_left_and_not_a_step_more_is_asked(fee: tuple[int, int], steps: int, step: int) -> None:
    gift = max(1, steps // step) * step
    added = added_for_fee(gift, fee, step=step)
    assert added >= 0
    assert added % step == 0
    payment = gift + added
    assert payment - estimated_fee(payment, fee) >= gift
    if added:
        assert payment - step - estimated_fee(payment - step, fee) < gift
