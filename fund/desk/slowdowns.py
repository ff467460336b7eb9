"""A campaign that takes gifts slowly is let go by hand."""

from flask import url_for

from fund.desk.answers import done
from fund.desk.find import LARGEST_ID
from fund.donations.end_slowdown import end_slowdown
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import write_session


@needs("edit_campaigns")
def end(slowdown_id: int) -> Answer:
    if slowdown_id > LARGEST_ID:
        raise Refusal("There is no such slowdown.", status=404)
    with write_session() as session:
        end_slowdown(session, slowdown_id=slowdown_id, actor=the_member().actor, now=utc_now())
    return done(gettext("The campaign takes gifts at full speed again."), url_for("desk.today"))
