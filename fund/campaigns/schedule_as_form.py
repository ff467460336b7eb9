from fund.campaigns.forms import LineForm, ScheduleForm, StageForm, TaxForm
from fund.campaigns.models import FeeLine, FeeSchedule


def schedule_as_form(schedule: FeeSchedule) -> ScheduleForm:
    """What the desk would have to send to make this schedule."""
    return ScheduleForm(
        lines=tuple(_line(line) for line in schedule.lines),
        taxes=tuple(TaxForm(tax.name, tax.rate_ppm, tax.compound) for tax in schedule.taxes),
        stages=tuple(StageForm(stage.title, stage.buys, stage.stretch) for stage in schedule.stages),
    )


def _line(line: FeeLine) -> LineForm:
    hourly = line.kind == "hourly"
    return LineForm(
        label=line.label,
        rate=line.rate,
        hours_hundredths=line.hours_hundredths,
        amount=None if hourly else line.amount,
        taxes=tuple(tax.tax_position for tax in line.taxes),
        stage=line.stage,
        hours_high_hundredths=line.hours_high_hundredths,
        tax_included=line.tax_included,
    )
