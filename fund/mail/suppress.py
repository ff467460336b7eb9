from datetime import datetime

from sqlalchemy.orm import Session

from fund.db.insert_new import insert_new
from fund.db.types import address_index as index_of
from fund.mail.models import Suppression


def suppress(
    session: Session, *, address: str = "", address_index: str = "", reason: str, source: str, now: datetime
) -> bool:
    """Mail to many never goes to this address again, whatever a list says; False when it is suppressed already."""
    index = address_index or index_of(address)
    row = {"address_index": index, "reason": reason, "source": source, "since": now}
    return bool(insert_new(session, Suppression, [row], unique=["address_index"]))
