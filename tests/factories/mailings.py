"""Mailings as the worker would write them down."""

import threading

from sqlalchemy import select

from fund.mail.models import Mailing
from fund.web.services import Services
from fund.worker.mailings import fill_mailing


def write_down(services: Services) -> None:
    """Everybody whom the mailings so far are for."""
    with services.database.read() as session:
        begun = list(session.scalars(select(Mailing.id).where(Mailing.state == "filling")))
    for mailing_id in begun:
        fill_mailing(services, mailing_id, threading.Event())
