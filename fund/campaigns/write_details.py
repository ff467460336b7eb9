"""What opening and editing a campaign share: lists and versions written from the form."""

from datetime import datetime

from sqlalchemy.orm import Session

from fund.campaigns.forms import CampaignForm, LimitsForm, LineForm, ScheduleForm
from fund.campaigns.models import (
    Campaign,
    CampaignText,
    Demand,
    FeeLine,
    FeeLineTax,
    FeeSchedule,
    FeeStage,
    FeeTax,
    Party,
    SurplusPolicy,
)
from fund.campaigns.queries import as_rules
from fund.campaigns.rules import breakdown, line_price


def write_texts(campaign: Campaign, form: CampaignForm) -> None:
    """Rows are kept and changed, not replaced, so that a language keeps its identity."""
    by_locale = {text.locale: text for text in campaign.texts}
    for locale, text in form.texts.items():
        if text.empty:
            if locale in by_locale:
                campaign.texts.remove(by_locale[locale])
            continue
        row = by_locale.get(locale)
        if row is None:
            row = CampaignText(locale=locale)
            campaign.texts.append(row)
        for name in text.__slots__:
            setattr(row, name, getattr(text, name))


def write_lists(campaign: Campaign, form: CampaignForm) -> None:
    """Of a draft. Who and what the form names as before keeps its days, which have a form of their own."""
    known = {(party.side, frozenset(party.name.items())): (party.from_on, party.until_on) for party in campaign.parties}
    campaign.parties = [
        Party(position=position, side=party.side, name=party.name, from_on=days[0], until_on=days[1])
        for position, party in enumerate(form.parties)
        for days in [known.get((party.side, frozenset(party.name.items())), (None, None))]
    ]
    stood = {frozenset(demand.text.items()): (demand.from_on, demand.until_on) for demand in campaign.demands}
    campaign.demands = [
        Demand(position=position, text=text, from_on=days[0], until_on=days[1])
        for position, text in enumerate(form.demands)
        for days in [stood.get(frozenset(text.items()), (None, None))]
    ]


def write_schedule(session: Session, schedule: FeeSchedule, form: ScheduleForm) -> None:
    """Replaces the lines of a schedule that nobody has given under yet."""
    schedule.lines = []
    session.flush()  # first: lines name taxes
    schedule.taxes, schedule.stages = [], []
    session.flush()
    schedule.taxes = [
        FeeTax(position=position, name=tax.name, rate_ppm=tax.rate_ppm, compound=tax.compound)
        for position, tax in enumerate(form.taxes)
    ]
    schedule.stages = [
        FeeStage(position=position, title=stage.title, buys=stage.buys, stretch=stage.stretch)
        for position, stage in enumerate(form.stages)
    ]
    session.flush()
    schedule.lines = [_line(position, line) for position, line in enumerate(form.lines)]
    session.flush()
    schedule.target = breakdown(as_rules(schedule)).target


def write_limits(campaign: Campaign, limits: LimitsForm) -> None:
    campaign.hard_cap = limits.hard_cap
    campaign.gifts_from, campaign.gifts_until = limits.gifts_from, limits.gifts_until


def write_policy(
    session: Session, campaign: Campaign, current: SurplusPolicy | None, form: CampaignForm, now: datetime
) -> None:
    """Before launch there is one version, rewritten; afterwards this is never called."""
    if form.policy is None:
        if current is not None:
            session.delete(current)
        return
    if current is None:
        current = SurplusPolicy(campaign_id=campaign.id, version=1)
        session.add(current)
    current.kind, current.text, current.decided_at = form.policy.kind, form.policy.text, now


def _line(position: int, line: LineForm) -> FeeLine:
    hourly = line.rate is not None and line.hours_hundredths is not None
    price = line_price(line.rate or 0, line.hours_hundredths or 0) if hourly else line.amount or 0
    return FeeLine(
        position=position,
        kind="hourly" if hourly else "fixed",
        label=line.label,
        rate=line.rate,
        hours_hundredths=line.hours_hundredths,
        hours_high_hundredths=line.hours_high_hundredths,
        amount=price,
        stage=line.stage,
        tax_included=line.tax_included,
        taxes=[FeeLineTax(tax_position=tax) for tax in sorted(set(line.taxes))],
    )
