from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.db.types import address_index, address_indexes
from fund.kit.addresses import Addresses
from fund.kit.errors import Refusal
from fund.kit.i18n import format_day
from fund.kit.signing import Signer
from fund.mail.queue_delivery import queue_delivery
from fund.mail.sender import Sender
from fund.members.models import Invitation
from fund.members.queries import member_by_address
from fund.members.rules import ASKED_TWICE_WITHIN, INVITATION_LIFETIME, clean_address
from fund.members.withdraw_invitation import withdraw_invitation
from fund.work.queue import Queue

PURPOSE = "invitation"
"""What the link's token is signed for; it holds the invitation's id."""


def invite_member(
    session: Session,
    queue: Queue,
    sender: Sender,
    signer: Signer,
    addresses: Addresses,
    *,
    address: str,
    locale: str,
    invited_by: int,
    now: datetime,
) -> Invitation:
    """Write one person a link with which they can register. Inviting again withdraws the link sent before.

    The same form sent twice within a minute is one invitation and one mail.
    """
    address = clean_address(address)
    locale = locale if locale in ("en", "fr") else "en"
    if member_by_address(session, address):
        raise Refusal("This address already has a member.", status=409, field="email")
    actor = f"member:{invited_by}"
    for earlier in _open_for(session, address, now):
        if earlier.created_at > now - ASKED_TWICE_WITHIN:
            return earlier
        withdraw_invitation(session, invitation_id=earlier.id, actor=actor, now=now)
    invitation = Invitation(
        address=address,
        address_index=address_index(address),
        locale=locale,
        invited_by=invited_by,
        created_at=now,
        expires_at=now + INVITATION_LIFETIME,
    )
    session.add(invitation)
    session.flush()
    url = addresses.invite(signer.sign(PURPOSE, invitation.id), locale)
    _mail(session, queue, sender, invitation, url, now)
    subject = f"invitation:{invitation.id}"
    record_change(session, actor=actor, action="invite_member", subject=subject, after={"locale": locale}, now=now)
    return invitation


def _mail(  # noqa: PLR0917  one private step of one use case
    session: Session, queue: Queue, sender: Sender, invitation: Invitation, url: str, now: datetime
) -> None:
    queue_delivery(
        session,
        queue,
        sender,
        key=f"invitation:{invitation.id}",
        message="invitation",
        address=invitation.address,
        locale=invitation.locale,
        values={"invite_url": url, "expires": format_day(invitation.expires_at, locale=invitation.locale)},
        now=now,
    )


def _open_for(session: Session, address: str, now: datetime) -> list[Invitation]:
    query = select(Invitation).where(
        Invitation.address_index.in_(address_indexes(address)),
        Invitation.used_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > now,
    )
    return list(session.scalars(query))
