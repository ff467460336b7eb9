from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.errors import Refusal
from fund.kit.i18n import LOCALES
from fund.mail.begin_mailing import begin_mailing
from fund.mail.models import Mailing
from fund.mail.queue_delivery import store_body
from fund.mail.sender import Sender
from fund.members.imported_link import LIFETIME
from fund.members.imports import find_import, members_to_invite
from fund.work.queue import Queue

MOST_A_DAY = 1_000_000


def invite_imported(
    session: Session, queue: Queue, sender: Sender, *, import_id: int, a_day: int, actor: str, now: datetime
) -> Mailing | None:
    """Write to everybody of a list who has no password yet, `a_day` of them a day; None when that was begun before."""
    found = find_import(session, import_id, lock=True)
    if found.state != "done":
        raise Refusal("Nobody of this list is invited before it is imported.", status=409)
    if not 0 < a_day <= MOST_A_DAY:
        raise Refusal("Write how many a day, such as 500.", field="a_day")
    if not members_to_invite(session, import_id):
        raise Refusal("Everybody of this list has a password, or has left.", status=409)
    mailing = begin_mailing(
        session,
        queue,
        key=f"invitations:{import_id}",
        kind="invitations",
        campaign_id=None,
        groups=(f"import:{import_id}",),
        topic="invitations",
        actor=actor,
        now=now,
    )
    if mailing is None:
        return None
    found.invites_a_day = a_day
    _store_bodies(session, sender, mailing, found.consent_text, now)
    record_change(
        session,
        actor=actor,
        action="invite_imported",
        subject=f"import:{import_id}",
        after={"a_day": a_day, "mailing": mailing.id},
        now=now,
    )
    return mailing


def _store_bodies(session: Session, sender: Sender, mailing: Mailing, consent_text: str, now: datetime) -> None:
    for locale in LOCALES:
        store_body(
            session,
            sender,
            message="imported_invitation",
            locale=locale,
            values={"consent_text": consent_text, "days": LIFETIME.days},
            list_id="invitations",
            can_leave=True,
            mailing=mailing,
            now=now,
        )
