from dataclasses import dataclass

from flask import current_app

from config import Settings
from fund.db.session import Database
from fund.kit.addresses import Addresses
from fund.kit.signing import Signer
from fund.mail.sender import Sender
from fund.mail.transport import Transport
from fund.payments.gateway import Gateway
from fund.work.queue import Queue


@dataclass(frozen=True, slots=True)
class Services:
    """What one process has been given: made once, in app.py."""

    settings: Settings
    database: Database
    gateway: Gateway
    queue: Queue
    transport: Transport
    signer: Signer
    addresses: Addresses

    @property
    def sender(self) -> Sender:
        """Who our mail comes from."""
        settings = self.settings
        return Sender(
            site_name=settings.site_name,
            mail_from=settings.mail_from,
            postal_address=settings.postal_address,
            site_url=settings.site_url,
            dkim_key=settings.dkim_key,
            dkim_selector=settings.dkim_selector,
        )


def services() -> Services:
    """The running application's."""
    found = current_app.extensions["services"]
    assert isinstance(found, Services)  # noqa: S101  one writer: create_app
    return found
