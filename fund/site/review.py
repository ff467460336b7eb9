"""Counsel reads an update before the public does: a signed link, no account."""

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fund.campaigns.models import Campaign
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.site.gift_page import private
from fund.updates.answer_review import answer_review
from fund.updates.reviews import find_review, text_digest
from fund.web.errors import explain
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


def _page(token: str, values: dict[str, str], errors: dict[str, str], *, status: int = 200) -> Response:
    session = read_session()
    found, update = find_review(session, services().signer, token=token)
    campaign = session.get_one(Campaign, update.campaign_id)
    page = render_template(
        "site/review.html",
        review=found,
        update=update,
        campaign=campaign,
        text=campaign.text(current_locale()),
        mails={text.locale: update_mail(update, campaign, text.locale) for text in update.texts},
        current=found.digest == text_digest(session, update),
        token=token,
        values=values,
        errors=errors,
    )
    return private(make_response(page, status))
