"""The only place where the application is put together and its adapters are chosen."""

import hashlib
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

from config import Settings, load_settings
from fund import cli
from fund.api.blueprint import api
from fund.db.keyring import Keyring
from fund.db.session import Database
from fund.db.types import install_keyring
from fund.desk.blueprint import desk
from fund.hooks.blueprint import hooks
from fund.hooks.express import Express
from fund.hooks.stripe import EXTENSION as STRIPE_INTAKE
from fund.kit.addresses import Addresses
from fund.kit.signing import Signer
from fund.mail.smtp_transport import SmtpTransport
from fund.payments.stripe_gateway import StripeGateway
from fund.site.blueprint import site
from fund.web import (
    errors,
    filters,
    guards,
    headers,
    i18n,
    limits,
    logging,
    page_cache,
    request_scope,
    row_numbers,
    sign_in,
    uploads,
)
from fund.web.fixed_host import FixedHost
from fund.web.head_request import HeadRequest
from fund.web.origin import csrf
from fund.web.page_cache import PageCache
from fund.web.proxies import TrustedProxies
from fund.web.services import Services
from fund.work.dbos_queue import DbosQueue

ROOT = Path(__file__).parent.parent
LARGEST_FORM = 256 * 1024
YEAR = 365 * 24 * 3600


def create_app(settings: Settings | None = None, services: Services | None = None) -> Flask:
    """The WSGI application. Tests pass `services` with fakes; nothing connects to anything yet."""
    settings = services.settings if services else settings or load_settings()
    services = services or make_services(settings)
    logging.configure(settings.log_format)
    app = Flask("fund", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.request_class = HeadRequest
    app.extensions["services"] = services
    app.extensions["asset_versions"] = _asset_versions(ROOT / "static")
    app.config.update(_flask_config(settings))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["settings"] = _public_settings(settings)
    for part in (row_numbers, request_scope, page_cache, filters, headers, errors, i18n, sign_in, guards):
        part.init_app(app)
    uploads.init_app(app)
    limits.init_app(app, redis_url=settings.redis_url)
    csrf.init_app(app)
    for door in (site, desk, hooks, api):
        app.register_blueprint(door)
    cli.register(app)
    app.wsgi_app = _static_files(app.wsgi_app, settings)  # type: ignore[method-assign]
    app.wsgi_app = FixedHost(app.wsgi_app, settings.site_url)  # type: ignore[method-assign]
    app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]
    app.wsgi_app = PageCache(app.wsgi_app, services.database.glance)  # type: ignore[method-assign]
    fixed = headers.security_headers(settings)
    app.wsgi_app = Express(app.wsgi_app, services.gateway, app.extensions[STRIPE_INTAKE], fixed)  # type: ignore[method-assign]
    return app


def _static_files(wsgi_app: Any, settings: Settings) -> WhiteNoise:
    """Served ahead of Flask, with the same headers as its answers, and to nobody else's pages."""
    fixed = headers.security_headers(settings)

    def add_headers(answer: Headers, _path: str, _url: str) -> None:
        for name, value in fixed.items():
            answer[name] = value

    return WhiteNoise(
        wsgi_app,
        root=ROOT / "static",
        prefix="static/",
        max_age=YEAR,
        allow_all_origins=False,
        add_headers_function=add_headers,
    )


def make_services(settings: Settings) -> Services:
    """The real adapters. Opens no connection: those come with first use, after the server has forked."""
    install_keyring(Keyring(settings.data_keys))
    return Services(
        settings=settings,
        database=Database(settings.database_url),
        gateway=StripeGateway(settings),
        queue=DbosQueue(settings.database_url),
        transport=SmtpTransport(settings.smtp_url),
        signer=Signer(settings.secret_key),
        addresses=Addresses(settings.site_url),
    )


def _flask_config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "MAX_CONTENT_LENGTH": LARGEST_FORM,
        "MAX_FORM_MEMORY_SIZE": LARGEST_FORM,
        "SESSION_COOKIE_NAME": "__Host-session" if settings.secure else "session",
        "SESSION_COOKIE_SECURE": settings.secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=30),
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
    }


def _public_settings(settings: Settings) -> dict[str, str]:
    """What templates may know: never the object that holds the secrets."""
    return {
        "site_name": settings.site_name,
        "site_url": settings.site_url,
        "postal_address": settings.postal_address,
        "contact": parseaddr(settings.mail_from)[1],
        "registration": settings.registration,
        "sandbox": "1" if settings.stripe_api_base.startswith("http://") else "",
    }


def _asset_versions(root: Path) -> dict[str, str]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()[:10] for path in files}
