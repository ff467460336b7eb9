from flask import render_template, request, url_for

from fund.desk.answers import done
from fund.desk.find import find_any_update, find_campaign
from fund.desk.update_edit import seen_at
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.updates.count_recipients import count_recipients
from fund.updates.publish_update import publish_update
from fund.updates.rules import groups_of
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
    update = find_any_update(update_id)
    groups = groups_of(update.audience, mail_donors=update.mail_donors)
    reach = count_recipients(read_session(), campaign_id=update.campaign_id, groups=groups)
    return render_template(
        "desk/publish.html",
        update=update,
        campaign=find_campaign(update.campaign_id),
        reach=ngettext("It will be mailed to {count} person.", "It will be mailed to {count} people.", reach.total),
        groups=reach.groups,
        refused=refused,
    )
