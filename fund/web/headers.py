"""Security headers of every answer, and what caches may keep."""

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request

from config import Settings
from fund.web.services import Services

STRIPE_PAGES = "https://checkout.stripe.com https://billing.stripe.com"


def content_security_policy(settings: Settings) -> str:
    """No script, no third party. `form-action` names Stripe's pages because browsers apply it to redirects too."""
    payment_pages = STRIPE_PAGES
    if settings.stripe_api_base.startswith("http://"):
        parts = urlsplit(settings.stripe_api_base)
        payment_pages = f"{parts.scheme}://{parts.netloc}"
    return (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; "
        f"form-action 'self' {payment_pages}; base-uri 'none'; frame-ancestors 'none'"
    )


def security_headers(settings: Settings) -> dict[str, str]:
    """The same on every answer, unless a view has said otherwise."""
    fixed = {
        "Content-Security-Policy": content_security_policy(settings),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), interest-cohort=()",
    }
    if settings.secure:
        fixed["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return fixed


def init_app(app: Flask) -> None:
    made: Services = app.extensions["services"]
    fixed = security_headers(made.settings)

    @app.after_request
    def add(response: Response) -> Response:
        headers = response.headers
        present = {name.lower() for name in headers.keys()}  # noqa: SIM118  iterating headers gives pairs
        for name, value in fixed.items():
            if name.lower() not in present:
                headers.add(name, value)
        if "cache-control" not in present and request.endpoint != "static":
            headers["Cache-Control"] = "no-store" if _is_personal(response) else "no-cache"
        return response


def _is_personal(response: Response) -> bool:
    """Whoever sends our cookie may be shown what others are not; `Vary: Cookie` is added only after this."""
    asked = request.method in ("GET", "HEAD")
    known = current_app.config["SESSION_COOKIE_NAME"] in request.cookies
    return not asked or known or response.status_code >= 400  # noqa: PLR2004
