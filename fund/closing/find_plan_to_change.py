from sqlalchemy.orm import Session

from fund.closing.models import SurplusPlan
from fund.kit.errors import Refusal


def find_plan_to_change(session: Session, plan_id: str, *states: str) -> SurplusPlan:
    """The plan, locked. Raises Refusal where it is in none of these states: somebody else was faster."""
    plan = session.get(SurplusPlan, plan_id, with_for_update=True) if plan_id.isprintable() else None
    if plan is None:
        raise Refusal("There is no such plan.", status=404)
    if plan.state not in states:
        raise Refusal("This plan is not where it was any more. Look at it again.", status=409)
    return plan
