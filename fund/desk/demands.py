"""What is demanded, a row each, with the day it was added or dropped."""

from flask import render_template, request, url_for

from fund.campaigns.case_forms import DemandRow
from fund.campaigns.models import Campaign
from fund.campaigns.revise_demands import MOST_DEMANDS, revise_demands
from fund.desk.answers import done
from fund.desk.find import find_campaign
from fund.desk.typed_case import (
    by_locale,
    days_of_row,
    errors_of_rows,
    spoken,
    tell,
    typed,
    typed_reason,
    used_rows,
)
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import write_session

PARTS = ("en_text", "fr_text", "from_on", "until_on")
SPARE = 2


@needs("edit_terms")
def demands(campaign_id: int) -> Answer:
    campaign = find_campaign(campaign_id)
    if request.method == "GET":
        return _page(campaign, _values(campaign), {})
    values, now = typed(), utc_now()
    rows = used_rows(values, PARTS, MOST_DEMANDS)
    try:
        with write_session() as session:
            changed = revise_demands(
                session,
                campaign_id=campaign_id,
                rows=[_row(values, row) for row in rows],
                reason=typed_reason(values),
                seen=values.get("seen", ""),
                actor=the_member().actor,
                now=now,
            )
            tell(session, changed, now)
    except Refusal as refusal:
        return _page(campaign, values, errors_of_rows(refusal, rows, added="")), refusal.status
    return done(gettext("The demands are saved."), url_for("desk.demands", campaign_id=campaign_id))


def _row(values: dict[str, str], row: int) -> DemandRow:
    at = f"row_{row}_"
    return DemandRow(by_locale(values, "text", at=at), **days_of_row(values, at))


def _values(campaign: Campaign) -> dict[str, str]:
    values = {"seen": campaign.updated_at.isoformat()}
    for row, demand in enumerate(campaign.demands):
        at = f"row_{row}_"
        values |= {f"{at}{locale}_text": text for locale, text in demand.text.items()}
        values |= {f"{at}from_on": str(demand.from_on or ""), f"{at}until_on": str(demand.until_on or "")}
    return values


def _page(campaign: Campaign, values: dict[str, str], errors: dict[str, str]) -> str:
    used = used_rows(values, PARTS, MOST_DEMANDS)
    return render_template(
        "desk/demands.html",
        campaign=campaign,
        values=values,
        errors=errors,
        rows=min(max(used, default=-1) + 1 + SPARE, MOST_DEMANDS),
        spoken=spoken(campaign),
    )
