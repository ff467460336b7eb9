from flask import Response, request
from werkzeug.exceptions import BadRequest, NotFound

from fund.api.answer import answer
from fund.campaigns.queries import public_campaign
from fund.ledger.queries import entries_after
from fund.transparency.public_books import public_entry
from fund.web.request_scope import read_session

MOST = 1000
LARGEST_NUMBER = 10**18


def campaign_books(slug: str) -> Response:
    """A page of the journal in the order of recording. `next` is the `after` of the next one, null at the end."""
    session = read_session()
    campaign = public_campaign(session, slug)
    if campaign is None:
        raise NotFound
    after, limit = _whole("after", 0, LARGEST_NUMBER), _whole("limit", MOST, MOST)
    if not limit:
        raise BadRequest
    found = entries_after(session, after, campaign_id=campaign.id, limit=limit + 1)
    page = found[:limit]
    return answer(
        {"data": [public_entry(entry) for entry in page], "next": page[-1].number if len(found) > limit else None}
    )


def _whole(name: str, default: int, most: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 19 and int(text) <= most):  # noqa: PLR2004
        raise BadRequest
    return int(text)
