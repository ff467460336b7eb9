from flask import render_template

from fund.desk.find import campaigns_by_id
from fund.donations.queries import held_messages
from fund.web.guards import needs
from fund.web.request_scope import read_session


@needs("moderate_messages")
def messages() -> str:
    """What donors wrote and nobody has read yet, the one that waits longest first."""
    return render_template("desk/messages.html", gifts=held_messages(read_session()), campaigns=campaigns_by_id())
