from datetime import datetime

from fund.db.session import Database
from fund.kit.errors import Refusal
from fund.members.forecast_import import forecast_import
from fund.members.imports import find_import, waiting_rows
from fund.members.list_columns import Columns
from fund.members.models import MemberImport


def choose_columns(
    database: Database,
    *,
    import_id: int,
    address: int | None,
    name: int | None,
    locale: int | None,
    consent_on: int | None,
    now: datetime,
) -> None:
    """Say which column is what, before it starts; what would come of it is counted anew, while others may write."""
    with database.read() as session:
        kept = Columns.from_json(_waiting(find_import(session, import_id)).columns)
        chosen = [place for place in (address, name, locale, consent_on) if place is not None]
        if address is None or not all(0 <= place < kept.width for place in chosen):
            raise Refusal("Choose the column with the e-mail addresses.", field="address")
        if len(set(chosen)) < len(chosen):
            raise Refusal("One column cannot be two things.", field="address")
        columns = Columns(address, name, locale, consent_on, kept.width, kept.titles)
        forecast = forecast_import(session, waiting_rows(session, import_id), columns, now=now)
    with database.write() as session:
        found = _waiting(find_import(session, import_id, lock=True))
        found.columns, found.forecast = columns.as_json(), forecast


def _waiting(found: MemberImport) -> MemberImport:
    if found.state != "preview":
        raise Refusal("This import was started already.", status=409)
    return found
