from flask import Blueprint

from fund.hooks.stripe import receive_stripe_event

hooks = Blueprint("hooks", __name__, url_prefix="/hooks")
hooks.add_url_rule("/stripe", view_func=receive_stripe_event, methods=["POST"])
