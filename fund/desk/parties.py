"""Who is in the matter, a row each; many who came on one day are added at once."""

from flask import render_template, request, url_for

from fund.campaigns.case_forms import PartyRow
from fund.campaigns.check_form import SIDES
from fund.campaigns.models import Campaign
from fund.campaigns.revise_parties import MOST_PARTIES, revise_parties
from fund.desk.answers import done
from fund.desk.find import find_campaign
from fund.desk.typed_case import (
    by_locale,
    days_of_row,
    errors_of_rows,
    spoken,
    tell,
    texts_of_line,
    typed,
    typed_reason,
    used_rows,
)
from fund.desk.typed_days import read_date_or_none
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import gettext
from fund.web.request_scope import write_session

PARTS = ("en_name", "fr_name", "from_on", "until_on")


@needs("edit_terms")
def parties(campaign_id: int) -> Answer:
    campaign = find_campaign(campaign_id)
    if request.method == "GET":
        return _page(campaign, _values(campaign), {})
    values, now = typed(), utc_now()
    rows = used_rows(values, PARTS, MOST_PARTIES)
    try:
        with write_session() as session:
            changed = revise_parties(
                session,
                campaign_id=campaign_id,
                rows=[*(_row(values, row) for row in rows), *_added(values)],
                reason=typed_reason(values),
                seen=values.get("seen", ""),
                actor=the_member().actor,
                now=now,
            )
            tell(session, changed, now)
    except Refusal as refusal:
        return _page(campaign, values, errors_of_rows(refusal, rows, added="added")), refusal.status
    return done(gettext("The parties are saved."), url_for("desk.parties", campaign_id=campaign_id))


def _row(values: dict[str, str], row: int) -> PartyRow:
    at = f"row_{row}_"
    return PartyRow(values.get(f"{at}side", ""), by_locale(values, "name", at=at), **days_of_row(values, at))


def _added(values: dict[str, str]) -> list[PartyRow]:
    since = read_date_or_none(values.get("added_from_on", ""), field="added_from_on")
    lines = [line for line in values.get("added", "").splitlines() if line.strip()]
    return [PartyRow(values.get("added_side", ""), texts_of_line(line), since) for line in lines]


def _values(campaign: Campaign) -> dict[str, str]:
    values = {"seen": campaign.updated_at.isoformat(), "added_side": SIDES[0]}
    for row, party in enumerate(campaign.parties):
        at = f"row_{row}_"
        values |= {f"{at}{locale}_name": name for locale, name in party.name.items()}
        values |= {f"{at}side": party.side, f"{at}from_on": str(party.from_on or "")}
        values[f"{at}until_on"] = str(party.until_on or "")
    return values


def _page(campaign: Campaign, values: dict[str, str], errors: dict[str, str]) -> str:
    used = used_rows(values, PARTS, MOST_PARTIES)
    return render_template(
        "desk/parties.html",
        campaign=campaign,
        values=values,
        errors=errors,
        rows=max(used, default=-1) + 1,
        sides=SIDES,
        spoken=spoken(campaign),
    )
