from flask import request, url_for

from fund.desk.answers import done, errors_of
from fund.desk.find import find_any_update
from fund.desk.typed_days import read_moment
from fund.desk.typed_update import seen_at
from fund.desk.update_publish import publish_page
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.kit.i18n import format_moment_at
from fund.updates.schedule_update import schedule_update
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import current_locale, gettext
from fund.web.request_scope import write_session


@needs("publish_updates")
def schedule(update_id: int) -> Answer:
    """From the page that asks about publishing: not now, but then."""
    form, zone = request.form, request.form.get("zone", "UTC")
    find_any_update(update_id)
    try:
        moment = read_moment(form.get("publish_at", ""), form.get("publish_time", ""), zone, field="publish_at")
        with write_session() as session:
            schedule_update(
                session,
                update_id=update_id,
                publish_at=moment,
                zone=zone,
                seen=seen_at(),
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        return publish_page(update_id, errors_of(refusal), form.to_dict()), refusal.status
    said = gettext("It will be published by itself on {moment}.")
    shown = format_moment_at(moment, zone, locale=current_locale())
    return done(said.format(moment=shown), url_for("desk.update", update_id=update_id))
