from typing import cast

from flask import Blueprint, Flask

from fund.hooks import stripe

hooks = Blueprint("hooks", __name__, url_prefix="/hooks")
hooks.add_url_rule("/stripe", view_func=stripe.receive_stripe_event, methods=["POST"])
hooks.record(lambda state: stripe.init_app(cast("Flask", state.app)))
