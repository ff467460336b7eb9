from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.errors import Refusal
from fund.kit.signing import Signer
from fund.mail.cancel_deliveries import cancel_deliveries
from fund.mail.suppress import suppress
from fund.updates.preferences import find_standing

SOURCE = "preference page"


def stop_everything(session: Session, signer: Signer, *, token: str, now: datetime) -> None:
    """No mail to many goes to the address behind `token` any more, whatever list it is on or comes onto.

    What it chose stays noted for the way back. Receipts and what else one's own act causes still come. Repeating is
    harmless. Raises Refusal: 404 not ours, 410 gone.
    """
    standing = find_standing(session, signer, token, lock=True)
    if standing is None:
        raise Refusal("This address is not on record any more.", status=410)
    cancel_deliveries(session, address=standing.address)
    suppress(session, address=standing.address, reason="asked", source=SOURCE, now=now)
    record_change(session, actor="link", action="stop_everything", subject="preferences", now=now)
