"""The books: what stands on each account, every entry, and the proof that they hold."""

from flask import render_template

from fund.desk.find import campaigns_by_id
from fund.desk.paging import PAGE, before_number, page_of
from fund.ledger.check_ledger import check_ledger
from fund.ledger.queries import balances, newest_entries
from fund.web.entry_words import kind_words
from fund.web.guards import needs
from fund.web.request_scope import read_session


@needs("see_books")
def ledger() -> str:
    session = read_session()
    found = newest_entries(session, before=before_number(), limit=PAGE + 1)
    return render_template(
        "desk/ledger.html",
        balances=balances(session),
        page=page_of(found, lambda entry: str(entry.number)),
        campaigns=campaigns_by_id(),
        kind_words=kind_words,
    )


@needs("see_books")
def check() -> str:
    """Reads every posting, so it takes a while on large books; changes nothing."""
    return render_template("desk/check.html", report=check_ledger(read_session()))
