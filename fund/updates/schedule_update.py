from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.campaigns.queries import PUBLIC
from fund.kit.clock import rfc3339
from fund.kit.errors import Refusal
from fund.updates.models import Update
from fund.updates.queries import draft_to_change
from fund.updates.rules import check_later


def schedule_update(
    session: Session,
    *,
    update_id: int,
    publish_at: datetime,
    zone: str,
    seen: datetime | None = None,
    actor: str,
    now: datetime,
) -> Update:
    """Have a draft publish itself at a moment, given by the clock of `zone`. Its words cannot be changed meanwhile.

    It may be with counsel, or wait for counsel: it is published once its moment has come and these words are cleared,
    never before. Raises Refusal: as `publish_update` of one whose campaign is a draft, 422 on `publish_at`.
    """
    draft = draft_to_change(session, update_id, seen=seen)
    check_later(publish_at, field="publish_at", now=now)
    if session.get_one(Campaign, draft.campaign_id).status not in PUBLIC:
        raise Refusal("Launch the campaign first: nobody can read it yet.", status=409)
    draft.state, draft.publish_at, draft.zone = "scheduled", publish_at, zone
    record_change(
        session,
        actor=actor,
        action="schedule_update",
        subject=f"update:{draft.id}",
        before={"state": "draft"},
        after={"state": "scheduled", "publish_at": rfc3339(publish_at)},
        now=now,
    )
    return draft
