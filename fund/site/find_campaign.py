from flask import abort

from fund.campaigns.models import Campaign
from fund.campaigns.queries import public_campaign
from fund.web.request_scope import read_session


def find_campaign(slug: str) -> Campaign:
    """The campaign of this address; a draft and a word that is none answer the same 404."""
    campaign = public_campaign(read_session(), slug)
    if campaign is None:
        abort(404)
    return campaign
