from fund.campaigns.forms import ScheduleForm
from fund.campaigns.rules import Schedule, ScheduleLine, Tax, line_price


def form_rules(form: ScheduleForm) -> Schedule:
    """The schedule as it stands in a form, saved or not, as the rules take it. A line in no stage goes to the last."""
    last = max(0, len(form.stages) - 1)
    return Schedule(
        lines=tuple(
            ScheduleLine(
                price=line_price(line.rate or 0, line.hours_hundredths or 0) + (line.amount or 0),
                rate=line.rate,
                hours_hundredths=line.hours_hundredths,
                taxes=line.taxes,
                stage=min(line.stage, last),
                tax_included=line.tax_included,
                hours_high_hundredths=line.hours_high_hundredths,
            )
            for line in form.lines
        ),
        taxes=tuple(Tax(tax.name, tax.rate_ppm, tax.compound) for tax in form.taxes),
        stretch=tuple(stage.stretch for stage in form.stages),
    )
