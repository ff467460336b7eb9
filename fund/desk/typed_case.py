"""What the pages of the case share: reasons, rows of a list, and a person's own words given back."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from flask import request
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.desk.announce import announce
from fund.desk.answers import errors_of
from fund.desk.typed_days import read_date_or_none
from fund.kit.errors import Refusal
from fund.kit.i18n import LOCALES

BETWEEN_LANGUAGES = "|"


def typed() -> dict[str, str]:
    return {name: value for name, value in request.form.to_dict().items() if name != "csrf_token"}


def typed_reason(values: Mapping[str, str]) -> dict[str, str]:
    return {locale: values.get(f"{locale}_reason", "") for locale in LOCALES}


def by_locale(values: Mapping[str, str], field: str, *, at: str = "") -> dict[str, str]:
    """`{at}en_{field}` and its French; empty ones too, which rules drop."""
    return {locale: values.get(f"{at}{locale}_{field}", "") for locale in LOCALES}


def texts_of_line(line: str) -> dict[str, str]:
    """`English | Français`, or one for both."""
    english, _, french = line.partition(BETWEEN_LANGUAGES)
    return {"en": english.strip() or french.strip(), "fr": french.strip() or english.strip()}


def used_rows(values: Mapping[str, str], parts: Sequence[str], most: int) -> list[int]:
    """The numbers of the rows of the page that hold something in one of these parts."""
    return [row for row in range(most) if any(values.get(f"row_{row}_{part}", "").strip() for part in parts)]


def days_of_row(values: Mapping[str, str], at: str) -> dict[str, date | None]:
    return {name: read_date_or_none(values.get(at + name, ""), field=at + name) for name in ("from_on", "until_on")}


def errors_of_rows(refusal: Refusal, rows: Sequence[int], *, added: str) -> dict[str, str]:
    """Rules count the rows that are filled in; the page shows empty ones too. `added`: where further rows come from."""
    ((field, sentence),) = errors_of(refusal).items()
    head, number, part = (*field.split("_", 2), "", "")[:3]
    if head == "row" and number.isdigit():
        place = int(number)
        field = f"row_{rows[place]}_{part}" if place < len(rows) else added
    return {field: sentence}


def tell(session: Session, campaign: Campaign, now: datetime) -> None:
    """Whoever gave or follows, of what this session has revised in public."""
    if campaign.status != "draft":
        announce(session, campaign.id, now)


def spoken(campaign: Campaign) -> list[str]:
    """The languages a reason is needed in; none for a draft."""
    return [] if campaign.status == "draft" else [text.locale for text in campaign.texts]
