from dataclasses import dataclass

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.closing.find_surplus import find_split, find_surplus
from fund.closing.rules import Split, plan_digest
from fund.kit.errors import Refusal


@dataclass(frozen=True, slots=True)
class DrawnPlan:
    """What a plan made of today's facts would be."""

    surplus: int
    split: Split
    rows: tuple[tuple[str, int, int], ...]
    """Gift, what is left of it, its share; by gift."""
    digest: str


def draw_plan(session: Session, campaign: Campaign) -> DrawnPlan:
    """Raises Refusal while something has a claim on the money, and where nothing goes back to donors."""
    found = find_surplus(session, campaign)
    if found.obstacles:
        raise Refusal("Something still has a claim on this money. Deal with what is named below first.", status=409)
    if found.free <= 0:
        raise Refusal("Nothing is left over.", status=409)
    split, gifts = find_split(session, campaign, found.free)
    if not split.shares:
        raise Refusal("No gift was given on the promise that a surplus goes back: pass it on instead.", status=409)
    rows = tuple((id_, gifts[id_].left - gifts[id_].shared, split.shares[id_]) for id_ in sorted(split.shares))
    return DrawnPlan(found.free, split, rows, plan_digest(found.free, split.base, rows))
