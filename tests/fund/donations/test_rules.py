from dataclasses import replace
from typing import Any

import pytest

from fund.donations.rules import (
    GiftForm,
    check_gift_form,
    form_key,
    in_gift_currency,
    is_spike,
    share_of_refund,
    state_after,
)
from fund.kit.errors import Refusal
from fund.kit.money import LARGEST


@pytest.mark.parametrize(
    ("declined", "settled", "slowed", "spike"),
    [
        (19, 0, False, False), (20, 0, False, True), (20, 6, False, True), (21, 7, False, False), (22, 7, False, True),
        (4, 0, True, False), (5, 0, True, True), (5, 1, True, True), (6, 2, True, False),
    ],
)  # fmt: skip
def test_what_a_spike_is(*, declined: int, settled: int, slowed: bool, spike: bool) -> None:
    assert is_spike(declined=declined, settled=settled, slowed=slowed) is spike


FORM: dict[str, Any] = {
    "amount": 6250, "currency": "CAD", "minimum": 500, "visibility": "public", "display_name": "Charlie",
    "message": "Courage", "email": " charlie@example.net ", "ref": "banner-1", "locale": "en",
}  # fmt: skip


def test_a_form_is_kept_as_it_was_meant() -> None:
    plain = check_gift_form(**FORM)
    assert plain == GiftForm(6250, "public", "Charlie", "Courage", "charlie@example.net", "banner-1")
    assert (plain.fee_covered, plain.monthly, plain.stop_at_target) == (0, False, False)
    monthly = check_gift_form(**FORM | {"fee_covered": 211, "monthly": True, "stop_at_target": True})
    assert monthly == replace(plain, fee_covered=211, monthly=True, stop_at_target=True)
    assert not check_gift_form(**FORM | {"stop_at_target": True}).stop_at_target, "a single gift ends by itself"
    hidden = {"display_name": "", "message": "", "email": " "}
    assert check_gift_form(**FORM | hidden | {"visibility": "hidden", "ref": "<b>"}) == GiftForm(
        6250, "hidden", None, None, None, ""
    )
    assert check_gift_form(**FORM | {"visibility": "secret", "message": ""}).display_name is None
    assert check_gift_form(**FORM | {"display_name": "🎈"}).display_name == "🎈"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": 499}, "amount"),
        ({"amount": 49, "minimum": 1}, "amount"),
        ({"amount": 0, "minimum": 0, "currency": "XAF"}, "amount"),
        ({"amount": LARGEST + 1}, "amount"),
        ({"visibility": "all"}, "visibility"),
        ({"display_name": "..."}, "display_name"),
        ({"display_name": ""}, "display_name"),
        ({"display_name": "x" * 81}, "display_name"),
        ({"message": "x" * 1001}, "message"),
        ({"visibility": "secret"}, "message"),
        ({"email": "charlie"}, "email"),
    ],
)
def test_a_form_is_refused_beside_its_field(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_gift_form(**FORM | wrong)
    assert refused.value.field == field


def test_the_limits_themselves_are_allowed() -> None:
    for amount in (500, LARGEST):
        assert check_gift_form(**FORM | {"amount": amount}).amount == amount
    assert check_gift_form(**FORM | {"amount": 1, "minimum": 0, "currency": "XAF"}).amount == 1
    longest = {"display_name": "x" * 80, "message": "y" * 1000}
    assert len(check_gift_form(**FORM | longest).message or "") == 1000
    with pytest.raises(Refusal) as refused:
        check_gift_form(**FORM | {"amount": LARGEST + 1, "currency": "KWD"})
    assert "99,999.990" in str(refused.value)


def test_any_changed_value_is_another_gift() -> None:
    form = check_gift_form(**FORM)
    changes: list[dict[str, Any]] = [
        {"amount": 1}, {"visibility": "hidden"}, {"display_name": "D"}, {"message": None}, {"email": None},
        {"fee_covered": 1}, {"monthly": True}, {"stop_at_target": True},
    ]  # fmt: skip
    keys = {form_key("n", replace(form, **change), 1) for change in ({}, *changes)}
    keys |= {form_key("m", form, 1), form_key("n", form, 2)}
    assert len(keys) == len(changes) + 3
    assert form_key("n", form, 1) == form_key("n", replace(form, ref="other"), 1)


@pytest.mark.parametrize(
    ("figures", "state"),
    [
        ((0, 0, False, 0), "paid"), ((1, 0, False, 0), "refunded_in_part"), ((0, 0, False, 1), "refunded_in_part"),
        ((60, 0, False, 39), "refunded_in_part"), ((60, 0, False, 40), "refunded"), ((101, 0, False, 0), "refunded"),
        ((100, 1, False, 0), "disputed"), ((0, 1, True, 0), "failed"),
    ],
)  # fmt: skip
def test_only_what_happened_to_the_money_decides(figures: tuple[int, int, bool, int], state: str) -> None:
    refunded, disputed, came_back, lost = figures
    assert state_after(amount=100, refunded=refunded, disputed=disputed, came_back=came_back, lost=lost) == state


def test_shares_are_rounded_half_up_and_add_up() -> None:
    assert [share_of_refund(14_701, 10_000, before, 3333) for before in (0, 3333, 6666)] == [4900, 4900, 4900]
    assert share_of_refund(14_701, 10_000, 9999, 1) == 1
    assert [share_of_refund(3, 2, before, 1) for before in (0, 1)] == [2, 1]
    assert [in_gift_currency(part, given=2, booked=4) for part in (1, 2, 3)] == [1, 1, 2]
    assert in_gift_currency(5, given=10, booked=0) == 0
