"""The two links of a change of address. They name the wish and the side, and nothing else."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.kit.errors import Refusal
from fund.kit.signing import NOT_VALID, Signer
from fund.members.models import AddressChange

_PURPOSE = "new address"
LIFETIME = timedelta(days=3)
OLD = "old"
NEW = "new"


def change_token(signer: Signer, change_id: int, side: str) -> str:
    return signer.sign(_PURPOSE, [change_id, side])


def find_change(
    session: Session, signer: Signer, *, token: str, lock: bool = False, now: datetime
) -> tuple[AddressChange, str]:
    """The wish behind a link and which of the two addresses has the link; changes nothing.

    Raises Refusal: 404 for what is not ours, 410 for what is over.
    """
    match signer.read(_PURPOSE, token):
        case [int(change_id), "old" | "new" as side]:
            change = session.get(AddressChange, change_id, with_for_update=lock)
            if change is not None:
                if change.ended_at is not None or change.expires_at <= now:
                    raise Refusal("This change of address is done, withdrawn or too old. Ask again.", status=410)
                return change, side
    raise Refusal(NOT_VALID, status=404)


def open_change(session: Session, member_id: int, *, now: datetime) -> AddressChange | None:
    """What the account page shows as being asked."""
    query = select(AddressChange).where(
        AddressChange.member_id == member_id, AddressChange.ended_at.is_(None), AddressChange.expires_at > now
    )
    return session.scalars(query.order_by(AddressChange.id.desc())).first()
