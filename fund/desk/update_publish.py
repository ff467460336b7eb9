from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from fund.desk.answers import done
from fund.desk.find import find_any_update, find_campaign
from fund.desk.typed_days import zone_choices
from fund.desk.typed_update import seen_at
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.updates.count_recipients import count_recipients
from fund.updates.models import Update
from fund.updates.publish_update import publish_update
from fund.updates.reviews import check_may_publish, standing
from fund.updates.rules import groups_of
from fund.web.errors import explain
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import read_session, write_session
from fund.web.services import services


@needs("publish_updates")
def publish(update_id: int) -> Answer:
    """A GET says whom it will reach and asks; the POST publishes and queues the mails. A second POST is refused."""
    if request.method == "GET":
        return publish_page(update_id, {})
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
        return publish_page(update_id, {"": explain(refusal)}), refusal.status
    return done(gettext("The update is published, and its mails are on their way."), url_for("desk.updates"))


def publish_page(update_id: int, errors: dict[str, str], values: dict[str, str] | None = None) -> str:
    """`values`: what was typed into the form that schedules."""
    update, session = find_any_update(update_id), read_session()
    groups = groups_of(update.audience, mail_donors=update.mail_donors)
    return render_template(
        "desk/publish.html",
        update=update,
        campaign=find_campaign(update.campaign_id),
        reach=count_recipients(session, campaign_id=update.campaign_id, groups=groups),
        errors=errors,
        values=values or {"zone": update.zone},
        zones=zone_choices(),
        standing=standing(session, update),
        held=_held(session, update),
    )


def _held(session: Session, update: Update) -> str:
    """Why it cannot be published now; empty if it can, or was."""
    try:
        if update.state in ("draft", "scheduled"):
            check_may_publish(session, update)
    except Refusal as refusal:
        return explain(refusal)
    return ""
