import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fund.audit.models import AuditEntry
from fund.db.session import Database
from fund.kit.clock import utc_now
from fund.mail.models import Suppression
from fund.mail.queries_of_reports import find_suppression
from fund.mail.suppress import suppress
from tests.factories.mailings import deliveries, make_mailing
from tests.fixtures.databases import sqlite_only
from tests.forms import submit
from tests.people import BOB, add_member

pytestmark = sqlite_only

PAGE = "/desk/mail/suppressed"
ADD = "/desk/mail/suppressed/add"


def stop(database: Database, reason: str, address: str = BOB.address) -> str:
    """Where its way back is."""
    with database.write() as session:
        suppress(session, address=address, reason=reason, source="webhook", now=utc_now())
        row = session.scalars(select(Suppression).order_by(Suppression.id.desc())).first()
        assert row is not None
        return f"{PAGE}/{row.id}/lift"


def stopped(database: Database) -> str:
    with database.read() as session:
        found = find_suppression(session, BOB.address)
        return found.reason if found else ""


def audit(database: Database, action: str) -> list[AuditEntry]:
    with database.read() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_an_address_is_looked_for_without_a_trace_in_the_link(desk: FlaskClient, database: Database) -> None:
    stop(database, "bounced")
    answer = submit(desk, PAGE, to=PAGE, sought=" BOB@example.org ")
    assert (answer.status_code, "No mail to many goes to this address." in answer.text) == (200, True)
    assert "report of the mail provider" in answer.text
    assert "This address is not on the list." in submit(desk, PAGE, to=PAGE, sought="carol@example.org").text
    refused = submit(desk, PAGE, to=PAGE, sought="bob")
    assert (refused.status_code, 'id="f-sought-error"' in refused.text) == (422, True)
    assert BOB.address not in desk.get(PAGE).text


def test_one_is_added_once_and_what_waits_for_it_is_stopped(desk: FlaskClient, database: Database) -> None:
    make_mailing(database, BOB.address, state="queued", now=utc_now())
    assert submit(desk, PAGE, to=ADD, address=BOB.address, why="asked").status_code == 303
    assert "No mail to many goes to this address any more." in desk.get(PAGE).text
    assert (stopped(database), set(deliveries(database).values())) == ("asked", {"cancelled"})
    submit(desk, PAGE, to=ADD, address=BOB.address, why="complained")
    assert "was on the list already" in desk.get(PAGE).text
    assert (stopped(database), len(audit(database, "suppress_by_hand"))) == ("asked", 1)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"address": "bob"}, "address"),
        ({"address": ""}, "address"),
        ({"address": "a@b.example\r\nBcc: c@d.example"}, "address"),
        ({"address": "x" * 10_000}, "address"),
        ({"address": BOB.address, "why": "disliked"}, "why"),
    ],
)
def test_what_cannot_be_added_is_said_at_the_field(
    desk: FlaskClient, database: Database, typed: dict[str, str], field: str
) -> None:
    answer = submit(desk, PAGE, to=ADD, **typed)
    assert (answer.status_code, f'id="f-{field}-error"' in answer.text) == (422, True)
    assert stopped(database) == ""


def lift(desk: FlaskClient, to: str, **typed: str) -> int:
    """From the page that found it."""
    token = submit(desk, PAGE, to=PAGE, sought=BOB.address).text.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"csrf_token": token, "sought": BOB.address, **typed}
    answer = desk.post(to, data=form)
    if answer.status_code == 422:
        assert "Nothing was changed" in answer.text
        assert "No mail to many goes to this address." in answer.text
    return answer.status_code


def test_a_bounce_is_lifted_with_a_reason(desk: FlaskClient, database: Database) -> None:
    to = stop(database, "bounced")
    assert lift(desk, to, reason=" ") == 422
    assert lift(desk, to, reason="bob@example.org wrote") == 422
    assert stopped(database) == "bounced"
    assert lift(desk, to, reason="His new provider was down for a week.") == 303
    assert stopped(database) == ""
    (entry,) = audit(database, "lift_suppression")
    assert entry.before["reason"] == "bounced"
    assert entry.after["reason"] == "His new provider was down for a week."
    assert "example.org" not in json.dumps([entry.before, entry.after, entry.subject])
    assert lift(desk, to, reason="Again.") == 303
    assert "not on the list any more" in desk.get(PAGE).text


@pytest.mark.parametrize("reason", ["asked", "complained"])
def test_a_wish_is_undone_by_the_person_alone(desk: FlaskClient, database: Database, reason: str) -> None:
    to = stop(database, reason)
    assert "Ask for theirs in writing" in submit(desk, PAGE, to=PAGE, sought=BOB.address).text
    assert lift(desk, to, reason="We would like to write to them.") == 422
    assert stopped(database) == reason
    assert lift(desk, to, reason="Their letter of 20 November.", asked_in_writing="1") == 303
    assert stopped(database) == ""


def test_ids_that_are_none(desk: FlaskClient, database: Database) -> None:
    stop(database, "bounced")
    assert lift(desk, f"{PAGE}/{2**31 - 1}/lift", reason="x") == 303
    assert lift(desk, f"{PAGE}/{2**70}/lift", reason="x") == 404
    assert stopped(database) == "bounced"


def test_the_members_page_says_so(desk: FlaskClient, database: Database) -> None:
    member_id = add_member(database, BOB)
    assert "Nothing is sent since" not in desk.get(f"/desk/members/{member_id}").text
    stop(database, "complained")
    assert "reported as unwanted" in desk.get(f"/desk/members/{member_id}").text


@pytest.mark.parametrize("path", [PAGE, f"/fr{PAGE}"])
def test_the_page_filled_and_empty(desk: FlaskClient, database: Database, path: str) -> None:
    empty = desk.get(path)
    assert (empty.status_code, 'role="alert"' in empty.text) == (200, False)
    for number, reason in enumerate(("asked", "bounced", "complained")):
        stop(database, reason, f"p{number}@example.org")
    assert desk.get(path).status_code == 200
