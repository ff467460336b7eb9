from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.models import Campaign
from fund.kit.errors import Refusal
from fund.updates.models import Update, UpdateText
from fund.updates.rules import Words, check_audience, check_public_from, check_words


def draft_update(
    session: Session,
    *,
    campaign_id: int,
    words: Mapping[str, Words],
    audience: str,
    public_from: datetime | None = None,
    zone: str = "UTC",
    mail_donors: bool = False,
    needs_counsel: bool = False,
    author_id: int | None,
    actor: str,
    now: datetime,
) -> Update:
    """Keep an update that nobody outside the desk sees yet. `words` by language; one is enough.

    `public_from`: when members' or donors' news is for everybody; None: never. `zone` is the clock it was given by.
    """
    checked, audience = check_words(words), check_audience(audience)
    if session.get(Campaign, campaign_id) is None:
        raise Refusal("There is no such campaign.", status=404)
    draft = Update(
        campaign_id=campaign_id, audience=audience, public_from=check_public_from(audience, public_from, now=now),
        zone=zone, mail_donors=mail_donors and audience == "public", needs_counsel=needs_counsel,
        author_id=author_id, state="draft", created_at=now, edited_at=now,
    )  # fmt: skip
    draft.texts = [UpdateText(locale=locale, title=one.title, body=one.body) for locale, one in checked.items()]
    session.add(draft)
    session.flush()
    record_change(
        session,
        actor=actor,
        action="draft_update",
        subject=f"update:{draft.id}",
        after={"campaign": campaign_id, "audience": audience, "titles": {k: w.title for k, w in checked.items()}},
        now=now,
    )
    return draft
