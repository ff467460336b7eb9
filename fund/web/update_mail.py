from fund.campaigns.models import Campaign
from fund.kit.clock import utc_now
from fund.mail.render_message import Rendered, render_message
from fund.mail.rules import fill_places
from fund.updates.mail_of_update import mail_of_update
from fund.updates.models import Update
from fund.updates.queries import published_updates
from fund.web.i18n import gettext
from fund.web.request_scope import read_session
from fund.web.services import services


def update_mail(update: Update, campaign: Campaign, locale: str) -> Rendered:
    """An update as the mail that it is or will be; what differs from one person to the next is said in words."""
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
