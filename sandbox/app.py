"""The Flask application: the doors put together."""

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from sandbox import (
    api,
    catalogue_api,
    checkout,
    cli_api,
    control,
    control_door,
    control_money,
    control_subscriptions,
    customers,
    disputes_api,
    events_api,
    hosted_page,
    intents_api,
    invoices_api,
    mail_viewer,
    payments_api,
    payouts_api,
    portal_api,
    portal_page,
    receipts,
    refunds_api,
    settings_api,
    setup_intents_api,
    subscriptions_api,
)
from sandbox.server import ConnectionCut
from sandbox.state import Sandbox

CONTROLS = (control, control_money, control_subscriptions)
# Importing a resource file adds its operations to the table; the tuple only says that this is why it is imported.
RESOURCES = (
    *(catalogue_api, checkout, cli_api, customers, disputes_api, events_api, intents_api, invoices_api, payments_api),
    *(payouts_api, portal_api, refunds_api, settings_api, setup_intents_api, subscriptions_api),
)
CONTENT_POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


class Application(Flask):
    """Lets a cut connection through to the server instead of answering 500."""

    def handle_user_exception(self, e: Exception) -> HTTPException | Response:
        if isinstance(e, ConnectionCut):
            raise e
        return super().handle_user_exception(e)  # type: ignore[return-value]

    def handle_exception(self, e: Exception) -> Response:
        if isinstance(e, ConnectionCut):
            raise e
        return super().handle_exception(e)


def create_app(sandbox: Sandbox) -> Flask:
    """Return the application over one sandbox."""
    app = Application("sandbox")
    app.extensions["sandbox"] = sandbox
    for door in (api, control_door, hosted_page, mail_viewer, portal_page, receipts):
        app.register_blueprint(door.blueprint)
    app.after_request(_protect)
    app.add_url_rule("/healthz", "healthz", lambda: {"ok": True})
    return app


def _protect(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Cache-Control", "no-store")
    return response
