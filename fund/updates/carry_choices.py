from datetime import datetime

from sqlalchemy.orm import Session

from fund.kit.i18n import translate
from fund.mail.queries_of_reports import find_suppression
from fund.mail.suppress import suppress
from fund.updates.opt_ins import opt_ins, set_opt_ins
from fund.updates.opt_outs import add_opt_outs, opt_outs

SOURCE = "change of address"


def carry_choices(session: Session, *, old: str, new: str, locale: str, now: datetime) -> None:
    """A member moved to another address: what the old one did not want, or asked for, holds for the new one as well.

    So does a stop of everything that was asked for; what bounced or was complained of is the old mailbox's own. The
    old address keeps its choices: it may still be a donor's or a follower's.
    """
    asked = opt_ins(session, old) | opt_ins(session, new)
    set_opt_ins(session, new, asked, source=translate("kept when the address changed", locale), now=now)
    add_opt_outs(session, new, opt_outs(session, old), now=now)
    stopped = find_suppression(session, old)
    if stopped is not None and stopped.reason == "asked":
        suppress(session, address=new, reason="asked", source=SOURCE, now=now)
