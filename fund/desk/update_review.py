"""An update goes to counsel, and is called back."""

from flask import redirect, request, url_for

from fund.desk.answers import done
from fund.desk.find import find_any_update
from fund.desk.typed_update import seen_at
from fund.desk.update_correct import correction_page
from fund.desk.update_edit import edit_page
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
        return _page(update_id, {refusal.field or "": explain(refusal)}), refusal.status
    return done(
        gettext("The text is with counsel. It cannot be published before they have cleared it."),
        _address(update_id),
    )


@needs("edit_updates")
def call_back(update_id: int) -> Answer:
    try:
        with write_session() as session:
            call_back_review(session, update_id=update_id, actor=the_member().actor, now=utc_now())
    except Refusal as refusal:
        return _page(update_id, {"": explain(refusal)}), refusal.status
    return done(gettext("The text was called back: the link works no more."), _address(update_id))


def _page(update_id: int, errors: dict[str, str]) -> str:
    """Of a draft its own page, of what is published the page of its correction."""
    is_public = find_any_update(update_id).state == "published"
    return correction_page(update_id, errors) if is_public else edit_page(update_id, errors)


def _address(update_id: int) -> str:
    is_public = find_any_update(update_id).state == "published"
    return url_for("desk.update_correct" if is_public else "desk.update", update_id=update_id)
