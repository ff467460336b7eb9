from datetime import datetime

from sqlalchemy.orm import Session

from fund.kit.errors import Refusal
from fund.kit.signing import Signer
from fund.mail.lift_by_own_wish import lift_by_own_wish
from fund.mail.queries_of_reports import find_suppression
from fund.updates.models import Follower
from fund.updates.opt_outs import drop_opt_outs
from fund.updates.rules import CONFIRM_WITHIN

_PURPOSE = "follow"


def confirm_token(signer: Signer, follower_id: int) -> str:
    """For the link in the mail; dated."""
    return signer.sign_dated(_PURPOSE, follower_id)


def find_request(session: Session, signer: Signer, *, token: str, lock: bool = False) -> Follower:
    """Whom a confirmation link asks, for the page with the button; changes nothing.

    Raises Refusal: 404 not ours or nobody, 410 too old, or of somebody who left after using it.
    """
    follower_id = signer.read_dated(_PURPOSE, token, lifetime=CONFIRM_WITHIN)
    follower = session.get(Follower, follower_id, with_for_update=lock) if isinstance(follower_id, int) else None
    if follower is None:
        raise Refusal("This link is not valid. Perhaps it was cut in two by a mail program.", status=404)
    if follower.state == "left":
        raise Refusal("This link has expired. Ask for a new one.", status=410)
    return follower


def confirm_follow(session: Session, signer: Signer, *, token: str, now: datetime) -> Follower:
    """The owner of the address pressed the button: updates come, whatever was left before. Repeating is harmless."""
    follower = find_request(session, signer, token=token, lock=True)
    if not is_heard(session, follower):
        follower.state, follower.confirmed_at, follower.left_at = "confirmed", now, None
        session.flush()
        drop_opt_outs(session, follower.address, campaign_id=follower.campaign_id)
        lift_by_own_wish(session, address=follower.address, now=now)
    return follower


def is_heard(session: Session, follower: Follower) -> bool:
    """Whether updates come: an address that bounced or complained has to say yes once more."""
    return follower.state == "confirmed" and find_suppression(session, follower.address) is None
