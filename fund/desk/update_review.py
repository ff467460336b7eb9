"""An update goes to counsel, and is called back."""

from flask import redirect, request, url_for

from fund.desk.answers import done
from fund.desk.update_edit import edit_page, seen_at
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.updates.call_back_review import call_back_review
from fund.updates.send_to_counsel import send_to_counsel
from fund.web.errors import explain
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import current_locale, gettext
from fund.web.request_scope import write_session
from fund.web.services import services


@needs("edit_updates")
def send(update_id: int) -> Answer:
    if request.method == "GET":
        return redirect(url_for("desk.update", update_id=update_id))
    here, chosen = services(), request.form.get("counsel", "")
    try:
        with write_session() as session:
            send_to_counsel(
                session,
                here.queue,
                here.sender,
                here.signer,
                here.addresses,
                update_id=update_id,
                counsel_id=int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else 0,  # noqa: PLR2004
                locale=current_locale(),
                seen=seen_at(),
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        return edit_page(update_id, {refusal.field or "": explain(refusal)}), refusal.status
    return done(
        gettext("The text is with counsel. It cannot be published before they have cleared it."),
        url_for("desk.update", update_id=update_id),
    )


@needs("edit_updates")
def call_back(update_id: int) -> Answer:
    try:
        with write_session() as session:
            call_back_review(session, update_id=update_id, actor=the_member().actor, now=utc_now())
    except Refusal as refusal:
        return edit_page(update_id, {"": explain(refusal)}), refusal.status
    return done(
        gettext("The text was called back: the link works no more."), url_for("desk.update", update_id=update_id)
    )
