"""Who gets what of a surplus: exact sums, nobody above their gift, whatever the order, in every kind of currency."""

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.closing.rules import (
    CHARITY,
    MATTER,
    OUTCOMES,
    REFUND,
    GiftLeft,
    check_outcome,
    divide,
    plan_digest,
    second_person_above,
    split_surplus,
)
from fund.kit.errors import Refusal
from fund.kit.money import smallest_step

CURRENCIES = st.sampled_from(["JPY", "CAD", "KWD", "ISK"])
GIFTS = st.dictionaries(
    st.text("0123456789abcdef", min_size=1, max_size=6), st.integers(0, 9_999_999), min_size=1, max_size=40
)
BOTH = {"en": "It is over.", "fr": "C’est fini."}
TODAY = date(2026, 11, 21)


def test_the_surplus_of_the_founding_case_goes_back_to_the_cent() -> None:
    bases = [(f"{number:02}", 500 + 37 * number) for number in range(61)]
    shares = divide(43_719, bases, step=1)
    whole = sum(base for _, base in bases)
    assert sum(shares.values()) == 43_719
    assert all(abs(shares[id_] - 43_719 * base / whole) < 1 for id_, base in bases)


def test_a_leftover_cent_goes_to_the_largest_remainder_then_to_the_smallest_id() -> None:
    assert divide(100, [("c", 1000), ("a", 1000), ("b", 1000)], step=1) == {"a": 34, "b": 33, "c": 33}
    assert divide(10, [("a", 300), ("b", 160), ("c", 40)], step=1) == {"a": 6, "b": 3, "c": 1}


def test_dinars_go_in_steps_of_ten_fils() -> None:
    shares = divide(5_129, [("a", 5_000), ("b", 5_000), ("c", 5_000)], step=10)
    assert shares == {"a": 1_710, "b": 1_710, "c": 1_700}


@given(bases=GIFTS, total=st.integers(-5, 300_000_000), currency=CURRENCIES, data=st.data())
def test_any_division_is_exact_capped_and_blind_to_order(
    bases: dict[str, int], total: int, currency: str, data: st.DataObject
) -> None:
    step = smallest_step(currency)
    rows = list(bases.items())
    shares = divide(total, rows, step=step)
    payable = sum(base - base % step for base in bases.values())
    assert sum(shares.values()) == min(max(0, total) // step * step, payable)
    assert all(0 <= share <= bases[id_] and share % step == 0 for id_, share in shares.items())
    assert divide(total, data.draw(st.permutations(rows)), step=step) == shares


@given(bases=GIFTS, percent=st.integers(0, 100))
def test_a_gift_that_is_larger_never_gets_less(bases: dict[str, int], percent: int) -> None:
    shares = divide(sum(bases.values()) * percent // 100, bases.items(), step=1)
    by_base = sorted(shares, key=lambda id_: (bases[id_], shares[id_]))
    assert all(shares[small] <= shares[large] for small, large in itertools.pairwise(by_base))


@given(
    bases=GIFTS,
    free=st.integers(0, 50_000_000),
    fates=st.lists(
        st.tuples(st.sampled_from([REFUND, CHARITY, MATTER]), st.integers(0, 100)), min_size=40, max_size=40
    ),
    passed=st.integers(0, 1_000_000),
    currency=CURRENCIES,
)
def test_whatever_was_paid_before_a_split_never_gives_more_than_there_is(
    bases: dict[str, int], free: int, fates: list[tuple[str, int]], passed: int, currency: str
) -> None:
    step = smallest_step(currency)
    gifts = [
        GiftLeft(id_, goes_to, base, base * percent // 100 if goes_to == REFUND else 0)
        for (id_, base), (goes_to, percent) in zip(bases.items(), fates, strict=False)
    ]
    split = split_surplus(free, gifts, {CHARITY: passed}, step=step)
    assert sum(split.shares.values()) + sum(split.to_pass_on.values()) + split.leftover == free
    assert split.leftover >= 0
    left = {gift.id: gift.base - gift.got for gift in gifts if gift.goes_to == REFUND}
    assert all(0 < share <= left[id_] for id_, share in split.shares.items())


def test_each_gift_keeps_the_policy_it_was_given_under() -> None:
    gifts = [GiftLeft("a", REFUND, 3_000), GiftLeft("b", CHARITY, 2_000), GiftLeft("c", MATTER, 1_000)]
    split = split_surplus(600, gifts, {}, step=1)
    assert split.shares == {"a": 300}
    assert split.to_pass_on == {CHARITY: 200, MATTER: 100}
    assert (split.leftover, split.base) == (0, 6_000)


def test_what_was_passed_on_or_paid_back_is_not_due_again() -> None:
    gifts = [GiftLeft("a", REFUND, 3_000, got=300), GiftLeft("b", CHARITY, 2_000), GiftLeft("c", REFUND, 1_000)]
    split = split_surplus(100, gifts, {CHARITY: 200}, step=1)
    assert split.shares == {"c": 100}
    assert split.to_pass_on == {CHARITY: 0, MATTER: 0}


def test_more_than_all_gifts_is_left_over() -> None:
    split = split_surplus(50_000, [GiftLeft("a", REFUND, 3_000)], {}, step=1)
    assert (split.shares, split.leftover) == ({"a": 3_000}, 47_000)


def test_the_digest_knows_every_share() -> None:
    shares = [("a", 3_000, 300), ("b", 2_000, 200)]
    same = plan_digest(500, 5_000, shares)
    assert plan_digest(500, 5_000, shares) == same
    assert plan_digest(500, 5_000, [("a", 3_000, 301), ("b", 2_000, 199)]) != same
    assert plan_digest(501, 5_000, shares) != same


@pytest.mark.parametrize(
    ("kind", "text", "day", "field"),
    [
        ("drawn", BOTH, TODAY, "kind"),
        ("", BOTH, TODAY, "kind"),
        ("won", {"en": "It is over."}, TODAY, "fr_text"),
        ("won", {"en": " \u200b ", "fr": "Fini."}, TODAY, "en_text"),
        ("won", {"en": "x" * 4_001, "fr": "Fini."}, TODAY, "en_text"),
        ("won", BOTH, date(2026, 11, 22), "ended_on"),
        ("won", BOTH, date(2026, 9, 30), "ended_on"),
    ],
)
def test_an_outcome_that_says_too_little_is_refused(kind: str, text: dict[str, str], day: date, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_outcome(kind, text, day, opened_on=date(2026, 10, 1), today=TODAY)
    assert refused.value.field == field


@pytest.mark.parametrize("kind", OUTCOMES)
def test_every_outcome_can_be_said(kind: str) -> None:
    assert check_outcome(kind, BOTH, TODAY, opened_on=None, today=TODAY) == BOTH


@pytest.mark.parametrize(("currency", "limit"), [("CAD", 100_000), ("JPY", 100_000), ("KWD", 1_000_000)])
def test_a_second_person_is_needed_above_a_thousand(currency: str, limit: int) -> None:
    assert second_person_above(currency) == limit
