"""The page that `charge.receipt_url` names, current after refunds."""

from http import HTTPStatus

from flask import Blueprint, Response, current_app, render_template

from sandbox.charges import CHARGE
from sandbox.money import shown
from sandbox.state import Sandbox

blueprint = Blueprint("receipts", __name__)


@blueprint.get("/receipts/<charge_id>")
def show(charge_id: str) -> tuple[Response, int]:
    """Show what was paid and what went back."""
    sandbox: Sandbox = current_app.extensions["sandbox"]
    with sandbox.lock:
        charge = sandbox.table(CHARGE).get(charge_id)
        if charge is None:
            return Response(render_template("sandbox/receipt.html", charge=None)), HTTPStatus.NOT_FOUND
        currency = charge["currency"]
        page = render_template(
            "sandbox/receipt.html",
            charge=charge,
            amount=shown(charge["amount"], currency),
            refunded=shown(charge["amount_refunded"], currency) if charge["amount_refunded"] else None,
        )
    return Response(page), HTTPStatus.OK
