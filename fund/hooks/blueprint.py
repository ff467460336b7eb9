from typing import cast

from flask import Blueprint, Flask

from fund.hooks import mail, stripe

hooks = Blueprint("hooks", __name__, url_prefix="/hooks")
hooks.add_url_rule("/stripe", view_func=stripe.receive_stripe_event, methods=["POST"])
hooks.add_url_rule("/mail", view_func=mail.receive_mail_reports, methods=["POST"])
hooks.record(lambda state: stripe.init_app(cast("Flask", state.app)))
