import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.ledger.rules import Line, UnbalancedError, check_balanced, line, lines

CAD_DEBIT, CAD_CREDIT = Line("a", "debit", 100, "CAD"), Line("b", "credit", 100, "CAD")


@pytest.mark.parametrize(
    "postings",
    [
        [],
        [CAD_DEBIT],
        [CAD_DEBIT, Line("b", "credit", 99, "CAD")],
        [CAD_DEBIT, Line("b", "credit", 100, "SEK")],
        [CAD_DEBIT, Line("b", "debit", 100, "CAD")],
        [CAD_DEBIT, CAD_CREDIT, Line("c", "debit", 0, "CAD")],
        [Line("a", "debit", -100, "CAD"), Line("b", "credit", -100, "CAD")],
        [CAD_DEBIT, CAD_CREDIT, Line("c", "debit", 5, "SEK"), Line("d", "credit", 4, "SEK")],
    ],
)
def test_what_does_not_balance_is_refused(postings: list[Line]) -> None:
    with pytest.raises(UnbalancedError):
        check_balanced(postings)


@given(st.lists(st.tuples(st.integers(-(10**12), 10**12), st.sampled_from(["CAD", "JPY"])), min_size=1))
def test_postings_with_their_counterparts_balance(amounts: list[tuple[int, str]]) -> None:
    postings = lines(
        *(line(f"a{n}", sign * amount, code) for n, (amount, code) in enumerate(amounts) for sign in (1, -1))
    )
    assert all(posting.amount > 0 for posting in postings)
    if postings:
        check_balanced(postings)
        with pytest.raises(UnbalancedError):
            check_balanced([*postings, Line("one too many", "debit", 1, "CAD")])


def test_what_is_off_is_said_with_the_sums() -> None:
    postings = [Line("a", "debit", 1, "CAD"), Line("b", "debit", 5, "SEK"), Line("c", "credit", 7, "SEK")]
    with pytest.raises(UnbalancedError, match=r"3 postings, sums \{'CAD': 1, 'SEK': -2\}"):
        check_balanced(postings)


def test_nothing_is_no_posting() -> None:
    assert lines(line("a", 0, "CAD"), line("b", -5, "CAD")) == [Line("b", "credit", 5, "CAD")]
