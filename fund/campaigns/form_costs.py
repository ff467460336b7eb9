from fund.campaigns.forms import CampaignForm
from fund.campaigns.rules import Breakdown, Schedule, ScheduleLine, Tax, breakdown, line_price


def costs_of(form: CampaignForm) -> Breakdown:
    """What the schedule comes to as it stands in the form, saved or not."""
    lines = tuple(
        ScheduleLine(
            line_price(line.rate or 0, line.hours_hundredths or 0) + (line.amount or 0),
            line.rate,
            line.hours_hundredths,
            line.taxes,
        )
        for line in form.lines
    )
    return breakdown(Schedule(lines, tuple(Tax(tax.name, tax.rate_ppm) for tax in form.taxes)))
