from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from fund.desk.answers import done
from fund.desk.find import find_any_update, find_campaign
from fund.desk.update_edit import seen_at
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.updates.models import Update
from fund.updates.publish_update import publish_update
from fund.updates.queries import count_recipients
from fund.updates.reviews import check_may_publish
from fund.web.errors import explain
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext, ngettext
from fund.web.request_scope import read_session, write_session
from fund.web.services import services


@needs("publish_updates")
def publish(update_id: int) -> Answer:
    """A GET says whom it will reach and asks; the POST publishes and queues the mails. A second POST is refused."""
    if request.method == "GET":
        return _page(update_id, "")
    given = services()
    try:
        with write_session() as session:
            publish_update(
                session,
                given.queue,
                given.sender,
                given.signer,
                given.addresses,
                update_id=update_id,
                seen=seen_at(),
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        return _page(update_id, explain(refusal)), refusal.status
    return done(gettext("The update is published, and its mails are on their way."), url_for("desk.updates"))


def _page(update_id: int, refused: str) -> str:
    session, update = read_session(), find_any_update(update_id)
    reach = count_recipients(session, campaign_id=update.campaign_id, audience=update.audience)
    return render_template(
        "desk/publish.html",
        update=update,
        campaign=find_campaign(update.campaign_id),
        reach=ngettext("It will be mailed to {count} person.", "It will be mailed to {count} people.", reach),
        refused=refused,
        held=_held(session, update),
    )


def _held(session: Session, update: Update) -> str:
    """Why it cannot be published now; empty if it can, or was."""
    try:
        if update.state == "draft":
            check_may_publish(session, update)
    except Refusal as refusal:
        return explain(refusal)
    return ""
