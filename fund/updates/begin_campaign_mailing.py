from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.kit.i18n import LOCALES
from fund.mail.begin_mailing import begin_mailing
from fund.mail.models import Mailing
from fund.mail.queue_delivery import store_body
from fund.mail.sender import Sender
from fund.updates.rules import list_id
from fund.work.queue import Queue

EVERYBODY = ("members", "followers", "donors")
GAVE = "gave"
"""The body for donors who are told whether they asked for news or not: of a revision, and of the end."""


def begin_campaign_mailing(
    session: Session,
    queue: Queue,
    sender: Sender,
    *,
    campaign: Campaign,
    key: str,
    kind: str,
    groups: tuple[str, ...],
    topic: str,
    values: Callable[[str], dict[str, Any]],
    gave: bool = False,
    actor: str,
    now: datetime,
) -> Mailing | None:
    """Have everybody in `groups` written to about the campaign; None when `key` was begun before.

    `kind` also names the message. `values` is given a language. With `gave`, donors get a body of their own, without
    a way to leave.
    """
    mailing = begin_mailing(
        session, queue, key=key, kind=kind, campaign_id=campaign.id, groups=groups, topic=topic, actor=actor, now=now
    )
    if mailing is None:
        return None
    for variant in ("", GAVE) if gave else ("",):
        for locale in LOCALES:
            store_body(
                session,
                sender,
                message=kind,
                locale=locale,
                values=values(locale),
                list_id="" if variant else list_id(campaign.slug, topic),  # what leaving a list stops
                can_leave=not variant,
                mailing=mailing,
                variant=variant,
                now=now,
            )
    return mailing
