import json
from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from fund.cli.exits import refuse
from fund.kit.clock import utc_now
from fund.payments.gateway import GatewayRefusedError, GatewayUnavailableError
from fund.reconciliation.reconcile import reconcile as compare
from fund.reconciliation.report import Report
from fund.web.services import services
from fund.worker.look_again import book_missing


@click.command("reconcile")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only what happened since this day (UTC).")
@click.option("--repair", is_flag=True, help="Book what is missing first; nothing is ever edited.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@with_appcontext
def reconcile(since: datetime | None, *, repair: bool, as_json: bool) -> None:
    """Prove the books equal to Stripe's, or name every difference. Exit 1 if there is one."""
    app = services()
    moment = since.replace(tzinfo=UTC) if since else None
    try:
        if repair:
            book_missing(app, utc_now(), whole=moment is None)
        report = compare(app.database, app.gateway, since=moment, cause="command", now=utc_now())
    except (GatewayUnavailableError, GatewayRefusedError) as problem:
        refuse(f"Stripe could not be read: {problem}")
    _say(report, as_json=as_json)


def _say(report: Report, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report.as_json()))
    else:
        checked = ", ".join(f"{count} {what}" for what, count in report.checked.items())
        click.echo(f"{len(report.differences)} differences ({checked}).")
    if not report.ok:
        refuse("\n".join(f"{d.rule}: {d.what} (repair: {d.repair})" for d in report.differences))


commands = [reconcile]
