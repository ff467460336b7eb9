"""Words are changed after publication: prepared here, looked at beside those that stand, then made in public."""

from flask import render_template, request, url_for

from fund.desk.answers import done, errors_of
from fund.desk.find import find_any_update, find_campaign
from fund.desk.typed_case import typed, typed_reason
from fund.desk.typed_update import seen_at, seen_or_none, typed_words, update_values, words_as_typed
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.updates.as_corrected import as_corrected
from fund.updates.count_recipients import count_recipients
from fund.updates.drop_correction import drop_correction
from fund.updates.make_correction import make_correction
from fund.updates.models import Correction
from fund.updates.prepare_correction import prepare_correction
from fund.updates.queries import prepared_correction
from fund.updates.reviews import counsel_with_address, standing
from fund.updates.rules import Words, groups_of
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session
from fund.web.services import services


@needs("edit_updates")
def correct(update_id: int) -> Answer:
    """A GET shows the form, and what is prepared; the POST keeps it. Nothing of it is public yet."""
    if request.method == "GET":
        return correction_page(update_id, {})
    values = typed()
    try:
        with write_session() as session:
            prepare_correction(
                session,
                update_id=update_id,
                words=typed_words(),
                reason=typed_reason(values),
                seen=seen_or_none(),
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        return correction_page(update_id, errors_of(refusal), values), refusal.status
    return done(gettext("The correction is kept. Nobody outside the desk sees it yet."), _here(update_id))


@needs("publish_updates")
def publish(update_id: int) -> Answer:
    given = services()
    try:
        with write_session() as session:
            make_correction(
                session,
                given.queue,
                given.sender,
                given.signer,
                given.addresses,
                update_id=update_id,
                seen=seen_at(),
                tell=bool(request.form.get("tell")),
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        return correction_page(update_id, errors_of(refusal)), refusal.status
    return done(
        gettext("The correction is public. The words before stay readable below it."),
        url_for("desk.update", update_id=update_id),
    )


@needs("edit_updates")
def drop(update_id: int) -> Answer:
    try:
        with write_session() as session:
            drop_correction(session, update_id=update_id, actor=the_member().actor, now=utc_now())
    except Refusal as refusal:
        return correction_page(update_id, errors_of(refusal)), refusal.status
    return done(gettext("The correction is dropped."), url_for("desk.update", update_id=update_id))


def correction_page(update_id: int, errors: dict[str, str], values: dict[str, str] | None = None) -> str:
    update, session = find_any_update(update_id), read_session()
    campaign, prepared = find_campaign(update.campaign_id), prepared_correction(session, update_id)
    groups = groups_of(update.audience, mail_donors=update.mail_donors)
    return render_template(
        "desk/update_correct.html",
        update=update,
        campaign=campaign,
        prepared=prepared,
        shown=as_corrected(update, prepared) if prepared else [],
        values=values or (_values(prepared) if prepared else {**update_values(update), "seen": ""}),
        errors=errors,
        standing=standing(session, update),
        reviewers=[(one.id, one.name) for one in counsel_with_address(session, campaign.id, on=utc_now().date())],
        reach=count_recipients(session, campaign_id=campaign.id, groups=groups),
    )


def _values(prepared: Correction) -> dict[str, str]:
    values = {"seen": prepared.edited_at.isoformat()}
    values |= {f"{locale}_reason": text for locale, text in prepared.reason.items()}
    return values | words_as_typed({locale: Words(**words) for locale, words in prepared.words.items()})


def _here(update_id: int) -> str:
    return url_for("desk.update_correct", update_id=update_id)
