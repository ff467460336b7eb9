from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fund.campaigns.case_forms import PartyRow
from fund.campaigns.case_rules import LONGEST_TITLE, check_period, clean_lines
from fund.campaigns.check_form import SIDES
from fund.campaigns.models import Campaign, Party
from fund.campaigns.queries_of_case import campaign_to_change
from fund.campaigns.record_case import iso
from fund.campaigns.replace_rows import replace_rows
from fund.kit.errors import Refusal

MOST_PARTIES = 200


def revise_parties(
    session: Session,
    *,
    campaign_id: int,
    rows: Sequence[PartyRow],
    reason: dict[str, str],
    seen: str,
    actor: str,
    now: datetime,
) -> Campaign:
    """Say anew who is in the matter and since when. After launch with a public reason; nobody who was in is dropped.

    Whoever left gets a last day; a misspelt name can still be put right, for as many stay as were there.

    `rows` are all of them, in their order; `seen` is the campaign's `updated_at` that the form was made from. Sent
    twice, it changes once. Refusals name the field `row_<n>` or `row_<n>_<part>`.
    """
    campaign = campaign_to_change(session, campaign_id)
    replace_rows(
        session,
        campaign,
        kind="parties",
        rows=_check(rows),
        public=_public,
        if_fewer=Refusal("Nobody is taken off the list after launch. Enter the last day instead."),
        reason=reason,
        seen=seen,
        actor=actor,
        now=now,
    )
    return campaign


def _check(rows: Sequence[PartyRow]) -> list[Party]:
    if len(rows) > MOST_PARTIES:
        raise Refusal("At most {most} lines, please.", most=MOST_PARTIES)
    kept = []
    for position, row in enumerate(rows):
        at = f"row_{position}"
        if row.side not in SIDES:
            raise Refusal("Choose what part this party has.", field=f"{at}_side")
        names = clean_lines(row.name, LONGEST_TITLE, field="name", row=f"{at}_")
        if not names:
            raise Refusal("Write a name.", field=f"{at}_en_name")
        check_period(row.from_on, row.until_on, field=f"{at}_until_on")
        kept.append(Party(position=position, side=row.side, name=names, from_on=row.from_on, until_on=row.until_on))
    return kept


def _public(parties: Sequence[Party]) -> dict[str, Any]:
    return {
        "parties": [
            {"side": one.side, "name": one.name, "from_on": iso(one.from_on), "until_on": iso(one.until_on)}
            for one in parties
        ]
    }
