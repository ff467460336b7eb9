from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.closing.check_promised import is_promised
from fund.closing.find_cover import UNDER_WAY, find_cover
from fund.closing.queries import live_plan
from fund.closing.skip_changed import skip_changed
from fund.kit.errors import Refusal
from fund.kit.money import Money


@contextmanager
def keep_promise(session: Session, *, campaign_id: int) -> Iterator[None]:
    """Around money that goes back to one donor: raises Refusal where other donors would lose what they were promised.

    What a share itself is paid with lowers the promise as much as the money, and is refused only where there is less
    than it comes to; of a gift that goes back, its own share is skipped. The plan is locked before the gift.
    """
    plan = live_plan(session, campaign_id)
    if plan is not None:
        session.refresh(plan, with_for_update=True)
    before = find_cover(session, campaign_id)
    yield
    session.flush()
    if plan is not None and plan.state in UNDER_WAY:
        skip_changed(session, plan)
    after = find_cover(session, campaign_id)
    if not is_promised(session, campaign_id, before):
        return
    currency = session.get_one(Campaign, campaign_id).currency
    if after.available < min(0, before.available):
        raise Refusal(
            "Only {left} of this campaign’s money is there.",
            status=409,
            left=Money(max(0, before.available), currency),
        )
    if after.lacks > before.lacks:
        raise Refusal(
            "{promised} of this money goes back to those who gave, as their part of the surplus.",
            field="amount",
            status=409,
            promised=Money(before.promised, currency),
        )
