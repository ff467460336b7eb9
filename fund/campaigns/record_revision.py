from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign, Revision
from fund.db.touch_page import touch_page
from fund.kit.errors import Refusal
from fund.kit.i18n import localised

LONGEST_REASON = 1_000


def record_revision(
    session: Session,
    campaign: Campaign,
    *,
    kind: str,
    reason: dict[str, str],
    before: dict[str, Any],
    after: dict[str, Any],
    schedule_version: int | None = None,
    policy_version: int | None = None,
    actor: str,
    now: datetime,
) -> Revision:
    """Keep a change of terms for everybody to read, in the session that makes it. The caller has locked the campaign.

    `before` and `after` are what the public may know, as plain JSON: amounts in minor units, days as `2026-11-21`,
    texts by language. Their shapes, by kind: schedule {target, members_part, hours}, policy {kind, text}, share
    {organiser_share, members_part}, limits {hard_cap, gifts_from, gifts_until}, counsel {counsel: [{name, firm,
    from_on, until_on}]}, parties {parties: [{side, name, from_on, until_on}]}. A draft has no revisions: there is
    nobody who gave. Raises Refusal 409 for one, 422 for a missing reason or when nothing is different.
    """
    if campaign.status == "draft":
        raise Refusal("A draft is simply edited: nobody has given under its terms.", status=409)
    if before == after:
        raise Refusal("Nothing would change.")
    revision = Revision(
        campaign_id=campaign.id,
        number=_next_number(session, campaign),
        kind=kind,
        reason=check_reason(campaign, reason),
        before=before,
        after=after,
        schedule_version=schedule_version,
        policy_version=policy_version,
        made_at=now,
        made_by=actor,
    )
    session.add(revision)
    campaign.updated_at = now
    session.flush()
    _log(session, revision)
    touch_page(session, campaign.id)
    return revision


def _next_number(session: Session, campaign: Campaign) -> int:
    last = session.scalar(select(func.max(Revision.number)).where(Revision.campaign_id == campaign.id))
    return (last or 0) + 1


def _log(session: Session, revision: Revision) -> None:
    record_change(
        session,
        actor=revision.made_by,
        action=f"revise_{revision.kind}",
        subject=f"campaign:{revision.campaign_id}",
        before=revision.before,
        after={**revision.after, "reason": localised(revision.reason, "en"), "revision": revision.number},
        now=revision.made_at,
    )


def check_reason(campaign: Campaign, reason: dict[str, str]) -> dict[str, str]:
    """The reason without what surrounds it, in every language the campaign speaks; else Refusal with its field."""
    kept = {locale: " ".join(words.split()) for locale, words in reason.items() if words.strip()}
    for text in campaign.texts:
        if not kept.get(text.locale):
            raise Refusal(
                "Say why, in every language of the campaign: donors and followers read it.",
                field=f"{text.locale}_reason",
            )
    for locale, words in kept.items():
        if len(words) > LONGEST_REASON:
            raise Refusal("At most {longest} characters, please.", field=f"{locale}_reason", longest=LONGEST_REASON)
        if "\x00" in words:
            raise Refusal("This text holds a character that cannot be kept.", field=f"{locale}_reason")
    return kept
