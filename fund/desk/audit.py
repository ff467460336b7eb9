from flask import render_template

from fund.audit.queries import newest_changes
from fund.desk.actor_names import actor_names
from fund.desk.paging import PAGE, before_number, page_of
from fund.web.guards import needs
from fund.web.request_scope import read_session


@needs("see_audit")
def audit() -> str:
    """Who changed what, newest first."""
    session = read_session()
    page = page_of(newest_changes(session, before=before_number(), limit=PAGE + 1), lambda entry: str(entry.id))
    return render_template("desk/audit.html", page=page, names=actor_names(entry.actor for entry in page.rows))
