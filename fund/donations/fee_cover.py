"""What a donor adds so that the whole gift arrives: an estimate from the configured fees, in exact minor units. Pure.

It decides only what the donor is asked for. What is booked as the fee is what the processor really took.
"""

from collections.abc import Mapping

PPM = 1_000_000
ANY_CURRENCY = "*"

Fee = tuple[int, int]
"""A part of the payment in millionths (2.9 % is 29,000), below a half, and a fixed amount in minor units."""


def fee_for(fees: Mapping[str, Fee], currency: str) -> Fee | None:
    """Of this currency, else of every other; None where the installation expects no fee it could name."""
    return fees.get(currency) or fees.get(ANY_CURRENCY)


def estimated_fee(amount: int, fee: Fee) -> int:
    """What would be kept of a payment of `amount`: the part rounded half up, and the fixed amount."""
    part_ppm, fixed = fee
    return (2 * amount * part_ppm + PPM) // (2 * PPM) + fixed


def added_for_fee(gift: int, fee: Fee, *, step: int) -> int:
    """The smallest addition with which at least `gift` is left after the fee; a multiple of `step`, as `gift` is.

    What is left never falls when the payment grows, so the first payment that leaves enough is the smallest.
    """
    part_ppm, fixed = fee
    least = (gift + fixed) * PPM // (PPM - part_ppm) - 1
    payment = max(gift, least - least % step)
    while payment - estimated_fee(payment, fee) < gift:
        payment += step
    return payment - gift
