import json
from pathlib import Path

import click
from flask.cli import with_appcontext

from fund.campaigns.queries import all_campaigns, campaign_by_slug
from fund.cli.exits import refuse
from fund.cli.output import write_lines
from fund.ledger.check_ledger import LedgerReport
from fund.ledger.check_ledger import check_ledger as prove
from fund.ledger.queries import entries
from fund.reports.export_ledger import FORMATS, export_lines
from fund.web.services import services


@click.command("check-ledger")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@with_appcontext
def check_ledger(*, as_json: bool) -> None:
    """Prove the journal from its rows: balance, orphans, stored totals. Exit 1 if anything is off."""
    with services().database.read() as session:
        report = prove(session)
    click.echo(_as_json(report) if as_json else _as_text(report))
    if not report.ok:
        refuse("\n".join(report.problems))


@click.command("export-ledger")
@click.option("--campaign", "slug", help="Only this campaign's entries.")
@click.option("--format", "format_", type=click.Choice(sorted(FORMATS)), default="jsonl", show_default=True)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file, written whole or not at all.  [default: standard output]",
)
@with_appcontext
def export_ledger(slug: str | None, format_: str, output: Path | None) -> None:
    """Write every entry, oldest first, without identities."""
    with services().database.read() as session:
        slugs = {campaign.id: campaign.slug for campaign in all_campaigns(session)}
        campaign = campaign_by_slug(session, slug) if slug else None
        if slug and campaign is None:
            refuse(f"There is no campaign {slug!r}.")
        found = entries(session, campaign_id=campaign.id if campaign else None)
        write_lines(export_lines(found, slugs, format_), output)


def _as_json(report: LedgerReport) -> str:
    return json.dumps(
        {
            "ok": report.ok,
            "entries": report.entries,
            "postings": report.postings,
            "balances": report.balances,
            "problems": report.problems,
        }
    )


def _as_text(report: LedgerReport) -> str:
    rows = [
        f"{name:<40} {balance:>15} {currency}"
        for name, currencies in report.balances.items()
        for currency, balance in currencies.items()
    ]
    verdict = "The ledger is in order" if report.ok else "The ledger is NOT in order"
    return "\n".join([*rows, f"{verdict}: {report.entries} entries, {report.postings} postings (minor units)."])


commands = [check_ledger, export_ledger]
