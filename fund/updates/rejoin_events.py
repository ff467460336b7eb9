from datetime import datetime

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.kit.i18n import translate
from fund.updates.opt_ins import ask_for
from fund.updates.unsubscribing import Holder


def rejoin_events(session: Session, holder: Holder, *, now: datetime) -> None:
    """Undo leave_events from the page that says so. Repeating is harmless.

    Whom the campaign cannot write to any more chooses on the preference page instead.
    """
    if holder.address is None or holder.active or not holder.reached:
        return
    source = translate("asked again by the link in a mail", holder.locale)
    ask_for(session, holder.address, (holder.campaign_id, holder.topic), source=source, now=now)
    record_change(session, actor="link", action="rejoin_events", subject=f"campaign:{holder.campaign_id}", now=now)
