"""What the use cases about counsel share: the form judged, the list as the public sees it, the revision kept."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.campaigns.case_forms import CounselForm
from fund.campaigns.case_rules import (
    LONGEST_NAME,
    check_day,
    check_line,
    check_name,
    check_period,
    overlap,
    same_person,
)
from fund.campaigns.models import Campaign, Counsel
from fund.campaigns.queries_of_case import campaign_counsel
from fund.campaigns.record_case import iso, record_case
from fund.kit.errors import Refusal
from fund.members.rules import clean_address

LONGEST_KEY = 40


def check_counsel(form: CounselForm, others: Iterable[Counsel], *, now: datetime) -> CounselForm:
    """The form, cleaned. One person acts once at a time; between two times there may be a gap."""
    name = check_name(form.name, field="name")
    firm = check_line(form.firm, LONGEST_NAME, field="firm")
    check_day(form.from_on, field="from_on")
    check_period(form.from_on, form.until_on, field="until_on")
    if form.consented_on is not None and check_day(form.consented_on, field="consented_on") > now.date():
        raise Refusal("This day has not come yet.", field="consented_on")
    for other in others:
        same = same_person(other.name, name)
        if same and overlap((other.from_on, other.until_on), (form.from_on, form.until_on)):
            raise Refusal("{name} is on the list for some of these days already.", field="from_on", name=name)
    return replace(form, name=name, firm=firm, email=clean_address(form.email) if form.email.strip() else "")


def version_of(one: Counsel) -> str:
    """What a form was made from: it differs as soon as anything of this lawyer does."""
    said = (one.name, one.firm, one.email, one.from_on, one.until_on, one.consented_on)
    return sha256(repr(said).encode()).hexdigest()[:32]


def new_counsel(campaign: Campaign, form: CounselForm, taken: Iterable[str], *, now: datetime) -> Counsel:
    return Counsel(
        campaign_id=campaign.id,
        key=_free_key(form.name, set(taken)),
        name=form.name,
        firm=form.firm,
        email=form.email or None,
        from_on=form.from_on,
        until_on=form.until_on,
        consented_on=form.consented_on,
        created_at=now,
    )


def public_list(session: Session, campaign: Campaign) -> dict[str, Any]:
    """As a revision keeps it."""
    return {
        "counsel": [
            {
                "name": one.name,
                "firm": one.firm,
                "from_on": iso(one.from_on),
                "until_on": iso(one.until_on),
            }
            for one in campaign_counsel(session, campaign.id)
        ]
    }


def keep_change(
    session: Session,
    campaign: Campaign,
    *,
    reason: dict[str, str],
    before: dict[str, Any],
    action: str,
    actor: str,
    now: datetime,
) -> None:
    """Days and names as `record_case` does; what is not public goes to the audit log alone, without its words."""
    session.flush()
    after = public_list(session, campaign)
    if after != before:
        record_case(
            session,
            campaign,
            kind="counsel",
            reason=reason,
            before=before,
            after=after,
            action=action,
            actor=actor,
            now=now,
        )
        return
    subject = f"campaign:{campaign.id}"
    record_change(session, actor=actor, action=action, subject=subject, after={"private": True}, now=now)


def _free_key(name: str, taken: set[str]) -> str:
    """Small letters and hyphens; with a number where two are called alike."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: LONGEST_KEY - 4].strip("-") or "counsel"
    key, number = stem, 1
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    return key
