"""How a matter can end, and who gets what of a surplus. Pure; amounts are minor units."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fund.kit.errors import Refusal
from fund.kit.i18n import LOCALES
from fund.kit.money import decimals
from fund.kit.texts import clean

OUTCOMES = ("won", "lost", "settled", "withdrawn", "site_closed")
LONGEST_TEXT = 4_000
REFUND, CHARITY, MATTER, NOBODY = "refund", "charity", "matter", "nobody"
"""NOBODY: its donor cannot be paid, so that its part is left over."""
GOES_TO = {"refund": REFUND, "charity": CHARITY, "next_stage": MATTER, "other_matter": MATTER}
"""By the kind of a surplus policy: back to the donor, to a charity, or to another campaign."""
THREE_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class GiftLeft:
    """What is left of one gift. `base` leaves earlier shares of a surplus aside, `got` is what those came to."""

    id: str
    goes_to: str
    base: int
    got: int = 0


@dataclass(frozen=True, slots=True)
class Split:
    """A surplus, divided. Everything adds up to it."""

    shares: dict[str, int]
    """By gift, what goes back to its donor now; none of them zero."""
    to_pass_on: dict[str, int]
    """`charity` and `matter`: what the gifts given under those policies come to, less what was passed on."""
    leftover: int
    """More than all gifts together, finer than the currency can be paid, or the part of a donor who cannot be paid."""
    base: int
    """What all the gifts come to: the divisor."""


def check_outcome(
    kind: str, text: Mapping[str, str], ended_on: date, *, opened_on: date | None, today: date
) -> dict[str, str]:
    """The text as it is kept; raises Refusal with its field (`kind`, `en_text`, `fr_text` or `ended_on`)."""
    if kind not in OUTCOMES:
        raise Refusal("Say how the matter ended.", field="kind")
    kept = {locale: clean(text.get(locale, "")) for locale in LOCALES}
    for locale in LOCALES:
        if not kept[locale]:
            raise Refusal("Say it in both languages: everybody is to read how it ended.", field=f"{locale}_text")
        if len(kept[locale]) > LONGEST_TEXT:
            raise Refusal("At most {longest} characters, please.", field=f"{locale}_text", longest=LONGEST_TEXT)
    if ended_on > today:
        raise Refusal("This day has not come yet.", field="ended_on")
    if opened_on is not None and ended_on < opened_on:
        raise Refusal("The campaign was not open on that day.", field="ended_on")
    return kept


def divide(total: int, bases: Iterable[tuple[str, int]], *, step: int) -> dict[str, int]:
    """`total` in proportion to the bases, in multiples of `step`, nobody above their own base.

    Whole steps first, what is left over by largest remainder, ties by id; so the order of `bases` does not matter.
    The sum is `total`, less what is finer than a step, or less what is more than the bases can take.
    """
    rows = sorted((id_, base) for id_, base in bases if base > 0)
    whole = sum(base for _, base in rows)
    caps = {id_: base // step for id_, base in rows}
    steps = min(max(0, total) // step, sum(caps.values()))
    if not steps:
        return {id_: 0 for id_, _ in rows}
    parts = {id_: min(steps * base // whole, caps[id_]) for id_, base in rows}
    _place_rest(parts, caps, steps - sum(parts.values()), [(-(steps * base % whole), id_) for id_, base in rows])
    return {id_: part * step for id_, part in parts.items()}


def _place_rest(parts: dict[str, int], caps: dict[str, int], rest: int, order: list[tuple[int, str]]) -> None:
    """One step each, the largest remainder first; again for those below their cap while something is left."""
    ordered = [id_ for _, id_ in sorted(order)]
    while rest > 0:
        for id_ in ordered:
            if rest and parts[id_] < caps[id_]:
                parts[id_] += 1
                rest -= 1


def split_surplus(free: int, gifts: Sequence[GiftLeft], passed_on: Mapping[str, int], *, step: int) -> Split:
    """What each gift's own policy makes of `free`, the surplus as it stands.

    Everything that was ever left over is divided over all gifts, and what each has had already is taken off: so a
    second plan, after a gift was skipped or money came back, gives nobody a part twice.
    """
    whole = free + sum(gift.got for gift in gifts) + sum(passed_on.values())
    due = divide(whole, ((gift.id, gift.base) for gift in gifts), step=step)
    claims = {gift.id: max(0, due.get(gift.id, 0) - gift.got) for gift in gifts if gift.goes_to == REFUND}
    for where in (CHARITY, MATTER):
        given_for = sum(due.get(gift.id, 0) for gift in gifts if gift.goes_to == where)
        claims[where] = max(0, given_for - passed_on.get(where, 0))
    if sum(claims.values()) > free:
        claims |= divide(free, claims.items(), step=step)
    return Split(
        shares={id_: claim for id_, claim in claims.items() if claim and id_ not in (CHARITY, MATTER)},
        to_pass_on={where: claims[where] for where in (CHARITY, MATTER)},
        leftover=max(0, free) - sum(claims.values()),
        base=sum(max(0, gift.base) for gift in gifts),
    )


def plan_digest(surplus: int, base: int, shares: Iterable[tuple[str, int, int]]) -> str:
    """SHA-256 over who gets what: gift, what was left of it, its share."""
    lines = [f"{surplus} {base}", *(f"{id_} {left} {amount}" for id_, left, amount in shares)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def second_person_above(currency: str) -> int:
    """A surplus above this needs a second person: 1,000.00 where there are cents, 100,000 where there are none."""
    return 1_000_000 if decimals(currency) == THREE_DECIMALS else 100_000
