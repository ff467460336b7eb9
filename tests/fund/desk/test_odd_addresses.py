"""Addresses that nobody typed: on both databases they are as unknown as any other that is wrong."""

import pytest
from flask.testing import FlaskClient

from fund.db.session import Database
from tests.factories.campaigns import make_campaign
from tests.forms import form_to, submit

FORMS_OF_ROWS = (
    "/desk/updates/{}/files", "/desk/updates/{}/publish", "/desk/updates/{}/pin", "/desk/updates/{}/counsel",
    "/desk/invitations/{}/withdraw", "/desk/mail/deliveries/{}", "/desk/mail/{}/pause", "/account/sessions/{}/end",
    "/desk/mail/suppressed/{}/lift", "/desk/members/import/{}/start", "/desk/members/{}/address",
)  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "/c/%00", "/fr/c/a%00b", "/c/%00/donate", "/c/%00/books", "/c/%00/books.csv", "/c/%00/updates/1",
        "/api/v1/campaigns/%00", "/api/v1/campaigns/a%00/books", "/c/four-labels/thanks?session_id=%00",
    ],
)  # fmt: skip
def test_an_address_with_a_nul_is_not_found(client: FlaskClient, database: Database, path: str) -> None:
    make_campaign(database)
    assert client.get(path).status_code == 404


def test_a_page_of_a_list_begins_at_a_time_that_exists(desk: FlaskClient) -> None:
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-21T10:00:00", "soon"):
        assert desk.get("/desk/events", query_string={"before": f"{moment},evt_1"}).status_code == 400


def test_a_draft_cannot_have_an_address_with_a_nul(desk: FlaskClient) -> None:
    answer = submit(desk, "/desk/campaigns/new", slug="a\x00b", minimum_gift="5", en_title="Four labels")
    assert answer.status_code == 422
    assert 'id="f-slug-error"' in answer.text


@pytest.mark.parametrize("act", ["confirm", "second"])
def test_a_plan_with_a_nul_is_no_plan(desk: FlaskClient, database: Database, act: str) -> None:
    campaign_id = make_campaign(database)
    values = {**form_to(desk.get("/account").text, "/account/updates").values, "plan": "a\x00b"}
    assert desk.post(f"/desk/campaigns/{campaign_id}/surplus/{act}", data=values).status_code == 404


def test_a_form_about_a_row_that_cannot_be_is_not_found(desk: FlaskClient) -> None:
    values = form_to(desk.get("/account").text, "/account/updates").values
    for address in FORMS_OF_ROWS:
        for number in (str(2**31), str(2**63), "9" * 30, "9" * 5000):
            assert desk.post(address.format(number), data=values).status_code == 404, address
