"""What happens to an update as a whole: it stands on top, goes back to the drafts, or is withdrawn."""

from collections.abc import Callable

from flask import request, url_for

from fund.desk.answers import done
from fund.desk.update_edit import edit_page
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.updates.pin_update import pin_update
from fund.updates.unschedule_update import unschedule_update
from fund.updates.withdraw_update import withdraw_update
from fund.web.errors import explain
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import write_session


@needs("publish_updates")
def pin(update_id: int) -> Answer:
    pinned = request.form.get("pinned") == "1"
    said = gettext("It stands above the others now.") if pinned else gettext("It stands in its place again.")
    return _do(update_id, pin_update, said, pinned=pinned)


@needs("edit_updates")
def unschedule(update_id: int) -> Answer:
    return _do(update_id, unschedule_update, gettext("It is a draft again, and is not published by itself."))


@needs("publish_updates")
def withdraw(update_id: int) -> Answer:
    return _do(update_id, withdraw_update, gettext("The update is withdrawn, and its mailing cancelled."))


def _do(update_id: int, act: Callable[..., object], said: str, **values: object) -> Answer:
    try:
        with write_session() as session:
            act(session, update_id=update_id, actor=the_member().actor, now=utc_now(), **values)
    except Refusal as refusal:
        return edit_page(update_id, {"": explain(refusal)}), refusal.status
    return done(said, url_for("desk.update", update_id=update_id))
