from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from fund.kit.errors import Refusal
from fund.kit.signing import Signer
from fund.mail.lift_by_own_wish import lift_by_own_wish
from fund.mail.queries_of_reports import find_suppression
from fund.updates.models import Follower
from fund.updates.opt_ins import ask_for, opt_ins
from fund.updates.opt_outs import drop_opt_outs, opt_outs
from fund.updates.rules import CONFIRM_WITHIN, TIMELINE

_PURPOSE = "follow"


@dataclass(frozen=True, slots=True)
class Request:
    """What a confirmation link asks for."""

    follower: Follower
    events: bool
    """Also each event of the case."""


def confirm_token(signer: Signer, follower_id: int, *, events: bool = False) -> str:
    """For the link in the mail; dated."""
    return signer.sign_dated(_PURPOSE, [follower_id, TIMELINE] if events else follower_id)


def find_request(session: Session, signer: Signer, *, token: str, lock: bool = False) -> Request:
    """Whom a confirmation link asks, for the page with the button; changes nothing.

    Raises Refusal: 404 not ours or nobody, 410 too old, or of somebody who left after using it.
    """
    match signer.read_dated(_PURPOSE, token, lifetime=CONFIRM_WITHIN):
        case [follower_id, topic] if topic == TIMELINE:
            events = True
        case follower_id:
            events = False
    follower = session.get(Follower, follower_id, with_for_update=lock) if isinstance(follower_id, int) else None
    if follower is None:
        raise Refusal("This link is not valid. Perhaps it was cut in two by a mail program.", status=404)
    if follower.state == "left":
        raise Refusal("This link has expired. Ask for a new one.", status=410)
    return Request(follower, events)


def confirm_follow(session: Session, signer: Signer, *, token: str, now: datetime) -> Follower:
    """The owner of the address pressed the button: updates come, whatever was left before. Repeating is harmless.

    So do events of the case, if they were asked for as well.
    """
    request = find_request(session, signer, token=token, lock=True)
    follower = request.follower
    if not is_heard(session, follower):
        follower.state, follower.confirmed_at, follower.left_at = "confirmed", now, None
        session.flush()
        drop_opt_outs(session, follower.address, campaign_id=follower.campaign_id)
        lift_by_own_wish(session, address=follower.address, now=now)
    if request.events:
        wish = (follower.campaign_id, TIMELINE)
        ask_for(session, follower.address, wish, source=follower.consent_source, now=now)
    return follower


def is_granted(session: Session, request: Request) -> bool:
    """Whether all that the link asks for comes."""
    follower = request.follower
    events = not request.events or (follower.campaign_id, TIMELINE) in opt_ins(session, follower.address)
    return events and is_heard(session, follower)


def is_heard(session: Session, follower: Follower) -> bool:
    """Whether updates come: an address that bounced, complained or chose against them has to say yes once more."""
    if follower.state != "confirmed" or find_suppression(session, follower.address) is not None:
        return False
    return opt_outs(session, follower.address).isdisjoint({(follower.campaign_id, "updates"), (0, "updates")})
