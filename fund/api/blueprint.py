from flask import Blueprint

from fund.api.books import campaign_books
from fund.api.campaigns import campaign_figures, list_campaigns
from fund.api.health import alive, ready
from fund.api.timeline import campaign_timeline
from fund.api.updates import campaign_updates

api = Blueprint("api", __name__)
api.add_url_rule("/healthz", view_func=alive)
api.add_url_rule("/readyz", view_func=ready)
api.add_url_rule("/api/v1/campaigns", view_func=list_campaigns)
api.add_url_rule("/api/v1/campaigns/<slug>", view_func=campaign_figures)
api.add_url_rule("/api/v1/campaigns/<slug>/books", view_func=campaign_books)
api.add_url_rule("/api/v1/campaigns/<slug>/updates", view_func=campaign_updates)
api.add_url_rule("/api/v1/campaigns/<slug>/timeline", view_func=campaign_timeline)
