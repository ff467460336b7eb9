"""Domains whose server said "later": nothing more is tried there for a while. The domain itself is not kept."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fund.db.insert_new import insert_new
from fund.mail.models import MailDomain
from fund.mail.rules import wait_before


def back_off(session: Session, domains: Collection[str], *, now: datetime) -> dict[str, datetime | None]:
    """Each waits longer than the last time; says until when, None for one that has said nothing else for two days.

    That one no longer waits: each of its people is asked once, and given up with it.
    """
    if not domains:
        return {}
    new = [{"domain_index": domain, "wait_until": now, "in_a_row": 0} for domain in sorted(domains)]
    insert_new(session, MailDomain, new, unique=["domain_index"])
    rows = select(MailDomain).where(MailDomain.domain_index.in_(domains)).order_by(MailDomain.domain_index)
    found: dict[str, datetime | None] = {}
    for row in session.scalars(rows.with_for_update().execution_options(populate_existing=True)):
        wait = wait_before(row.in_a_row + 1)
        row.in_a_row += 1
        row.wait_until = now + wait if wait else now
        found[row.domain_index] = row.wait_until if wait else None
    session.flush()
    return found


def welcome_back(session: Session, domains: Collection[str]) -> None:
    """They took a message."""
    if domains:
        session.execute(
            delete(MailDomain)
            .where(MailDomain.domain_index.in_(sorted(domains)))
            .execution_options(synchronize_session=False)
        )
