"""An update as its readers will have it: as a page, and as the mail."""

from flask import Response, make_response, render_template

from fund.desk.find import find_any_update, find_campaign
from fund.kit.clock import utc_now
from fund.web.guards import Answer, needs
from fund.web.i18n import current_locale
from fund.web.update_mail import update_mail

MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
"""A mail carries its styles inline, which our pages may not. Sandboxed: nothing in it can act on the desk."""


@needs("edit_updates")
def preview(update_id: int) -> str:
    update = find_any_update(update_id)
    campaign = find_campaign(update.campaign_id)
    mail = update_mail(update, campaign, current_locale())
    return render_template(
        "desk/update_preview.html",
        update=update,
        campaign=campaign,
        text=update.text(current_locale()),
        subject=mail.subject,
        plain=mail.text,
        now=utc_now(),
    )


@needs("edit_updates")
def mail(update_id: int) -> Answer:
    """The mail's HTML part by itself."""
    update = find_any_update(update_id)
    response: Response = make_response(update_mail(update, find_campaign(update.campaign_id), current_locale()).html)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response
