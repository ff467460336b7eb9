"""Counsel reads an update before the public does: a signed link, no account."""

from uuid import UUID

from flask import abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fund.campaigns.models import Campaign
from fund.files.queries import file_with_content
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.site.gift_page import private
from fund.updates.answer_review import answer_review
from fund.updates.as_corrected import as_corrected
from fund.updates.queries import attachments, prepared_correction
from fund.updates.read_figures import read_figures
from fund.updates.reviews import find_review, text_digest
from fund.web.errors import explain
from fund.web.file_answer import file_answer
from fund.web.i18n import current_locale
from fund.web.limits import limiter
from fund.web.origin import anonymous_form
from fund.web.request_scope import read_session, write_session
from fund.web.services import services
from fund.web.update_mail import update_mail

ANSWERS = "30/hour"


@anonymous_form
@limiter.limit(ANSWERS, methods=["POST"])
def review(token: str) -> Response:
    """A GET shows the text and two buttons, and changes nothing: programs follow links too. The POST answers."""
    if request.method == "GET":
        return _page(token, {}, {})
    here, form = services(), request.form
    try:
        with write_session() as session:
            answer_review(
                session,
                here.queue,
                here.sender,
                here.signer,
                here.addresses,
                token=token,
                answer=form.get("answer", ""),
                comment=form.get("comment", ""),
                now=utc_now(),
            )
    except Refusal as refusal:
        if refusal.status in (404, 410):
            raise
        return _page(token, form.to_dict(), {refusal.field or "": explain(refusal)}, status=refusal.status)
    return redirect(url_for("site.review", token=token), 303)


def review_file(token: str, file_id: UUID) -> Response:
    """A file of the draft, for counsel alone."""
    session = read_session()
    _, update = find_review(session, services().signer, token=token)
    if str(file_id) not in {stored.id for _, stored in attachments(session, update.id)}:
        abort(404)
    stored = file_with_content(session, str(file_id))
    return file_answer(stored, public=False) if stored is not None else abort(404)


def _page(token: str, values: dict[str, str], errors: dict[str, str], *, status: int = 200) -> Response:
    session = read_session()
    found, update = find_review(session, services().signer, token=token)
    campaign = session.get_one(Campaign, update.campaign_id)
    correction = prepared_correction(session, update.id) if update.state == "published" else None
    figures = read_figures(session, campaign, (text.body for text in update.texts), now=utc_now())
    languages = sorted(text.locale for text in update.texts)
    page = render_template(
        "site/review.html",
        review=found,
        update=update,
        campaign=campaign,
        text=campaign.text(current_locale()),
        correction=correction,
        said=as_corrected(update, correction) if correction else [update.said(at, figures) for at in languages],
        mails={at: update_mail(update, campaign, at) for at in languages},
        attachments=attachments(session, update.id) if correction is None else [],
        current=found.digest == text_digest(session, update),
        token=token,
        values=values,
        errors=errors,
    )
    return private(make_response(page, status))
