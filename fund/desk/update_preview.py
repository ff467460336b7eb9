"""An update as its readers will have it: as a page, and as the mail."""

from flask import Response, make_response, render_template

from fund.campaigns.models import Campaign
from fund.desk.find import find_any_update, find_campaign
from fund.kit.clock import utc_now
from fund.mail.render_message import Rendered, render_message
from fund.mail.rules import fill_places
from fund.updates.mail_of_update import mail_of_update
from fund.updates.models import Update
from fund.updates.queries import published_updates
from fund.web.guards import Answer, needs
from fund.web.i18n import current_locale, gettext
from fund.web.request_scope import read_session
from fund.web.services import services

MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
"""A mail carries its styles inline, which our pages may not. Sandboxed: nothing in it can act on the desk."""


@needs("edit_updates")
def preview(update_id: int) -> str:
    update = find_any_update(update_id)
    campaign = find_campaign(update.campaign_id)
    mail = _mail(update, campaign)
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
    response: Response = make_response(_mail(update, find_campaign(update.campaign_id)).html)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


def _mail(update: Update, campaign: Campaign) -> Rendered:
    """In the page's language, with what would differ from one person to the next said in words."""
    locale = current_locale()
    addresses, number = services().addresses, update.number or _next_number(campaign)
    values = mail_of_update(update, campaign, addresses, locale=locale, published_at=update.published_at or utc_now())
    values |= {"number": number, "update_url": addresses.update(campaign.slug, number, locale)}
    found = render_message("update", locale=locale, sender=services().sender, values=values, can_leave=True)
    personal = {
        "consent": gettext("here stands why and since when this person is written to"),
        "unsubscribe_url": addresses.unsubscribe("…", locale),
    }
    return Rendered(found.subject, fill_places(found.text, personal), fill_places(found.html, personal))


def _next_number(campaign: Campaign) -> int:
    """What the draft will be called, if nothing else is published before it."""
    newest = published_updates(read_session(), campaign.id, limit=1).updates
    return (newest[0].number or 0) + 1 if newest else 1
