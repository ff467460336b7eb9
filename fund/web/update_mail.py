from fund.campaigns.models import Campaign
from fund.kit.clock import utc_now
from fund.kit.i18n import translate
from fund.mail.long_words import fill_html
from fund.mail.render_message import Rendered, render_message
from fund.mail.rules import fill_places
from fund.updates.mail_of_update import mail_of_update
from fund.updates.models import Update
from fund.updates.queries import last_number
from fund.web.request_scope import read_session
from fund.web.services import services


def update_mail(update: Update, campaign: Campaign, locale: str, *, correction: str = "") -> Rendered:
    """An update as the mail that it is or will be; what differs from one person to the next is said in words."""
    session, addresses = read_session(), services().addresses
    values = mail_of_update(
        session,
        services().signer,
        addresses,
        update=update,
        campaign=campaign,
        locale=locale,
        published_at=update.published_at or utc_now(),
        number=last_number(session, campaign.id) + 1,
        correction=correction,
    )
    found = render_message("update", locale=locale, sender=services().sender, values=values, can_leave=True)
    personal = {
        "consent": translate("here stands why and since when this person is written to", locale),
        "unsubscribe_url": addresses.unsubscribe("…", locale),
        "preferences_url": addresses.preferences("…", locale),
    }
    return Rendered(found.subject, fill_places(found.text, personal), fill_html(found.html, personal))
