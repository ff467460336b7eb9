from flask import render_template, request, url_for

from fund.desk.answers import done
from fund.desk.find import find_any_update, find_campaign
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.updates.delete_draft import delete_draft
from fund.web.errors import explain
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import write_session


@needs("edit_updates")
def delete(update_id: int) -> Answer:
    """A GET asks, the POST drops the draft; its text stays in the audit log."""
    if request.method == "GET":
        return _page(update_id, "")
    try:
        with write_session() as session:
            delete_draft(session, update_id=update_id, actor=the_member().actor, now=utc_now())
    except Refusal as refusal:
        return _page(update_id, explain(refusal)), refusal.status
    return done(gettext("The draft is gone."), url_for("desk.updates"))


def _page(update_id: int, refused: str) -> str:
    update = find_any_update(update_id)
    campaign = find_campaign(update.campaign_id)
    return render_template("desk/delete.html", update=update, campaign=campaign, refused=refused)
