"""What we are measured against: the least that Flask can do."""

import hashlib
import hmac
import json
import os

from flask import Flask, Response, request

app = Flask(__name__)
_SECRET = os.environ["WEBHOOK_SECRET"].encode()
_PAGE = b"<!doctype html><title>as large as a campaign</title>" + b"<p>one more line of a page</p>\n" * 400


@app.get("/")
def hello() -> str:
    return "Hello, World!"


@app.get("/page")
def page() -> Response:
    """As many bytes as a campaign's page has."""
    return Response(_PAGE, mimetype="text/html")


@app.post("/hook")
def verify_only() -> tuple[str, int]:
    """Checks the signature, reads the JSON, keeps nothing."""
    body = request.get_data()
    fields = dict(part.split("=", 1) for part in request.headers["Stripe-Signature"].split(","))
    signed = hmac.new(_SECRET, fields["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(signed, fields["v1"]):
        return "no", 400
    return str(json.loads(body)["id"]), 200
