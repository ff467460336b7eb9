"""Who reads an update, and whether its text is for them."""

from flask import request

from fund.db.types import address_indexes
from fund.kit.clock import utc_now
from fund.updates.models import Update
from fund.updates.queries import has_given
from fund.updates.reading_key import opens
from fund.updates.rules import ANYBODY, Reader, body_is_visible
from fund.web.page_cache import changes_at
from fund.web.request_scope import read_session
from fund.web.services import services
from fund.web.sign_in import current_member


def reader_of(update: Update) -> Reader:
    """Of this request: signed in, or with the key of donors' news. The desk's people read everything."""
    member = current_member()
    if member is None:
        return Reader(gave=opens(services().signer, update, request.args.get("key", "")))
    if member.role is not None or update.audience != "donors":
        return Reader(is_member=True, gave=member.role is not None)
    by_key = opens(services().signer, update, request.args.get("key", ""))
    gave = by_key or has_given(read_session(), update.campaign_id, address_indexes(member.address))
    return Reader(is_member=True, gave=gave)


def is_readable(update: Update, reader: Reader = ANYBODY) -> bool:
    """Now. A page that is kept expires when this becomes true for everybody."""
    now = utc_now()
    if update.audience != "public" and update.public_from is not None and update.public_from > now:
        changes_at(update.public_from)
    return body_is_visible(update.audience, reader, public_from=update.public_from, now=now)
