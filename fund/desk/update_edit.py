"""Writing an update: both languages side by side, kept as a draft until it is published."""

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.desk.answers import done, errors_of
from fund.desk.find import find_any_update, find_campaign
from fund.desk.typed_days import zone_choices
from fund.desk.typed_update import seen_at, typed_readers, typed_words, update_values
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.updates.draft_update import draft_update
from fund.updates.edit_update import edit_update
from fund.updates.models import Update
from fund.updates.queries import attachments, drafts
from fund.updates.reviews import counsel_with_address, standing
from fund.updates.rules import AUDIENCES, Words, check_words
from fund.updates.withdraw_update import can_withdraw
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session


@needs("edit_updates")
def new(campaign_id: int) -> Answer:
    campaign = find_campaign(campaign_id)
    if request.method == "GET":
        return _page(campaign, None, {"audience": "public", "zone": _last_zone()}, {})
    words, member = typed_words(), the_member()
    try:
        with write_session() as session:
            draft = _same_draft(session, campaign_id, words, request.form.get("audience", ""), member.id)
            if draft is None:
                draft = draft_update(
                    session,
                    campaign_id=campaign_id,
                    words=words,
                    **typed_readers(),
                    author_id=member.id,
                    actor=member.actor,
                    now=utc_now(),
                )
    except Refusal as refusal:
        return _page(campaign, None, request.form.to_dict(), errors_of(refusal)), refusal.status
    return done(
        gettext("The draft is kept. Nobody outside the desk sees it."), url_for("desk.update", update_id=draft.id)
    )


@needs("edit_updates")
def edit(update_id: int) -> Answer:
    update = find_any_update(update_id)
    campaign = find_campaign(update.campaign_id)
    if request.method == "GET":
        return _page(campaign, update, update_values(update), {})
    try:
        with write_session() as session:
            edit_update(
                session,
                update_id=update_id,
                words=typed_words(),
                **typed_readers(),
                seen=seen_at(),
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        return _page(campaign, update, request.form.to_dict(), errors_of(refusal)), refusal.status
    return done(gettext("The draft is saved."), url_for("desk.update", update_id=update_id))


def edit_page(update_id: int, errors: dict[str, str], typed: dict[str, str] | None = None) -> str:
    """The update as it is kept, with what went wrong; `typed` into one of the page's other forms."""
    update = find_any_update(update_id)
    return _page(find_campaign(update.campaign_id), update, update_values(update) | (typed or {}), errors)


def _same_draft(
    session: Session, campaign_id: int, words: dict[str, Words], audience: str, author_id: int
) -> Update | None:
    """The draft that this very form made a moment ago: a double click keeps one, not two."""
    wanted = check_words(words)
    for draft in drafts(session, limit=10):
        written = {text.locale: Words(text.title, text.body) for text in draft.texts}
        same_place = (draft.campaign_id, draft.audience, draft.author_id) == (campaign_id, audience, author_id)
        if same_place and written == wanted:
            return draft
    return None


def _page(campaign: Campaign, update: Update | None, values: dict[str, str], errors: dict[str, str]) -> str:
    session = read_session()
    return render_template(
        "desk/update.html",
        standing=standing(session, update) if update else None,
        reviewers=[(one.id, one.name) for one in counsel_with_address(session, campaign.id, on=utc_now().date())],
        campaign=campaign,
        update=update,
        values=values,
        errors=errors,
        audiences=AUDIENCES,
        zones=zone_choices(),
        attachments=attachments(session, update.id) if update else [],
        can_withdraw=update is not None and can_withdraw(session, update),
        overdue=update is not None and update.publish_at is not None and update.publish_at <= utc_now(),
    )


def _last_zone() -> str:
    """The clock of whatever was written last."""
    return next((update.zone for update in drafts(read_session(), limit=1)), "UTC")
