"""`doctor`: whether this installation is fit to take gifts and to write to many."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from ipaddress import ip_address
from urllib.parse import urlsplit

import click
from flask.cli import with_appcontext
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from config import Settings
from fund.cli.exits import refuse
from fund.db.migrate import is_current
from fund.mail.check_domain import check_domain
from fund.mail.dkim_records import dkim_records
from fund.mail.dns_records import DnsRecords, NoDnsError
from fund.mail.finding import Finding
from fund.mail.sign import UnusableKeyError
from fund.mail.transport import TransportUnavailableError
from fund.web.services import Services, services

NEVER_PUBLIC = ("localhost", "test", "invalid", "example", "internal", "local")


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--dns", "server", metavar="ADDRESS[:PORT]", help="Ask this server; else those of the system.")
@with_appcontext
def doctor(*, as_json: bool, server: str | None) -> None:
    """Look at settings, database, mail server and DNS, and say what to do. Changes nothing; exit 1 for a problem."""
    given = services()
    try:
        dns = _dns(server)
    except NoDnsError:
        dns = None
    found = [*_settings(given.settings), _database(given), *_stripe(given), *_mail(given.settings), _server(given)]
    found += _domain(given, dns)
    problems = [one for one in found if one.state == "problem"]
    if as_json:
        click.echo(json.dumps({"ok": not problems, "checks": [asdict(one) for one in found]}))
    else:
        for one in found:
            click.echo(f"{one.state:<12} {one.name}: {one.sentence}")
            if one.add:
                click.echo(f"{'add:':>12} {one.add}")
    if problems:
        refuse(f"Problems: {', '.join(one.name for one in problems)}.")


def _dns(server: str | None) -> DnsRecords:
    if server is None:
        return DnsRecords()
    host, _, port = server.rpartition(":") if server.count(":") == 1 else (server, "", "53")
    try:
        return DnsRecords([str(ip_address(host))], port=int(port))
    except ValueError:
        raise click.UsageError("--dns is an IP address, with or without a port.") from None


def _settings(settings: Settings) -> Iterator[Finding]:
    if settings.secure:
        yield Finding("SITE_URL", "ok", f"{settings.site_url} is https.")
    elif (urlsplit(settings.site_url).hostname or "").endswith(".onion"):
        yield Finding("SITE_URL", "ok", "An onion address needs no https.")
    else:
        yield Finding("SITE_URL", "note", f"{settings.site_url} is for this machine alone.")
    if not settings.production:
        yield Finding("Production", "note", "Missing or weak settings are not refused here.")


def _database(given: Services) -> Finding:
    try:
        with given.database.read() as session:
            session.execute(text("SELECT 1"))
        if is_current(given.database.engine):
            return Finding("Database", "ok", "It answers, and its schema is this program's.")
    except SQLAlchemyError as problem:
        return Finding("Database", "problem", f"It does not answer ({type(problem).__name__}).")
    return Finding("Database", "problem", "Its schema is another release's: run `flask migrate`.")


def _stripe(given: Services) -> Iterator[Finding]:
    settings = given.settings
    if not settings.stripe_secret_key:
        yield Finding("Stripe", "note", "No STRIPE_SECRET_KEY is set: nobody can give.")
    elif given.gateway.livemode:
        yield Finding("Stripe", "ok", "The key is a live one.")
    else:
        yield Finding("Stripe", "note", "The key is a test key: no real money moves with it.")
    if settings.stripe_webhook_secrets:
        yield Finding("Stripe's webhook", "ok", "It has a secret.")
    elif settings.stripe_secret_key:
        yield Finding("Stripe's webhook", "problem", "STRIPE_WEBHOOK_SECRETS is not set: payments are learned of late.")


def _mail(settings: Settings) -> Iterator[Finding]:
    if settings.postal_address:
        yield Finding("POSTAL_ADDRESS", "ok", "It stands below what many get.")
    else:
        yield Finding("POSTAL_ADDRESS", "problem", "It is not set: the law asks for it in mail to many.")
    if settings.mail_hook_secrets:
        yield Finding("Bounces", "ok", "MAIL_HOOK_SECRET is set: the provider can report to /hooks/mail.")
    else:
        yield Finding("Bounces", "note", "No MAIL_HOOK_SECRET is set: read the bounce mailbox with `read-bounces`.")


def _server(given: Services) -> Finding:
    try:
        offers = given.transport.greet()
    except TransportUnavailableError as trouble:
        return Finding("Mail server", "problem", f"It cannot be reached, or does not take us ({trouble}).")
    faster = "takes commands in groups" if "pipelining" in offers else "takes one command at a time, which is slower"
    if "encrypted" in offers:
        return Finding("Mail server", "ok", f"It answers, encrypted, and {faster}.")
    if "starttls" in offers:
        return Finding("Mail server", "note", f"It offers encryption, and SMTP_URL does without; it {faster}.")
    return Finding("Mail server", "note", f"It answers, not encrypted, and {faster}.")


def _domain(given: Services, dns: DnsRecords | None) -> list[Finding]:
    domain = given.sender.domain.lower()
    try:
        keys = dkim_records(given.sender)
    except UnusableKeyError as unusable:
        keys = {}
        found = [Finding("DKIM", "problem", f"{unusable}: mail is held back.")]
    else:
        found = [] if keys else [Finding("DKIM", "note", "No DKIM_KEY is set: see that the provider signs.")]
    if domain.rpartition(".")[2] in NEVER_PUBLIC:
        return [*found, Finding("DNS", "not checked", f"MAIL_FROM is at {domain}, which is no public domain.")]
    if dns is None:
        return [*found, Finding("DNS", "not checked", "This machine knows no DNS server.")]
    return found + check_domain(dns, domain, keys)


commands = [doctor]
