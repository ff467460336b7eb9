from flask import Blueprint

from fund.api.books import campaign_books
from fund.api.campaigns import campaign_figures, list_campaigns
from fund.api.health import alive, ready

api = Blueprint("api", __name__)
api.add_url_rule("/healthz", view_func=alive)
api.add_url_rule("/readyz", view_func=ready)
api.add_url_rule("/api/v1/campaigns", view_func=list_campaigns)
api.add_url_rule("/api/v1/campaigns/<slug>", view_func=campaign_figures)
api.add_url_rule("/api/v1/campaigns/<slug>/books", view_func=campaign_books)
