from fund.mail.sender import Sender
from fund.web.services import services


def mail_sender() -> Sender:
    """This installation, as the mails it writes call it."""
    settings = services().settings
    return Sender(
        site_name=settings.site_name,
        mail_from=settings.mail_from,
        postal_address=settings.postal_address,
        site_url=settings.site_url,
        dkim_key=settings.dkim_key,
        dkim_selector=settings.dkim_selector,
    )
