from flask import render_template

from fund.audit.queries import newest_changes
from fund.desk.paging import PAGE, before_number, page_of
from fund.members.queries import names_of_members
from fund.web.guards import needs
from fund.web.request_scope import read_session


@needs("see_audit")
def audit() -> str:
    """Who changed what, newest first."""
    session = read_session()
    page = page_of(newest_changes(session, before=before_number(), limit=PAGE + 1), lambda entry: str(entry.id))
    ids = {int(entry.actor[7:]) for entry in page.rows if entry.actor.startswith("member:")}
    names = {f"member:{id_}": name for id_, name in names_of_members(session, ids).items()}
    return render_template("desk/audit.html", page=page, names=names)
