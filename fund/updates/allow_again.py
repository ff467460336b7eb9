from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.db.types import address_indexes
from fund.kit.errors import Refusal
from fund.kit.signing import Signer
from fund.mail.models import Suppression
from fund.updates.preferences import find_standing


def allow_again(session: Session, signer: Signer, *, token: str, now: datetime) -> None:
    """The way back from `stop_everything`: what was chosen before comes again. Repeating is harmless.

    What bounced or was complained of stays stopped: that is for the desk. Raises Refusal: 404 not ours, 410 gone.
    """
    standing = find_standing(session, signer, token, lock=True)
    if standing is None:
        raise Refusal("This address is not on record any more.", status=410)
    indexes = address_indexes(standing.address)
    asked = delete(Suppression).where(Suppression.address_index.in_(indexes), Suppression.reason == "asked")
    if session.execute(asked.returning(Suppression.id)).first() is not None:
        record_change(session, actor="link", action="allow_again", subject="preferences", now=now)
