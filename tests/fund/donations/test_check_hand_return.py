"""How much of a refund that did not arrive is left to pay by hand."""

import pytest

from fund.db.session import Database
from fund.donations.check_hand_return import returnable
from fund.donations.models import HandReturn
from fund.kit.errors import Refusal
from tests.factories.campaigns import make_draft
from tests.factories.gift_rows import NOON, add_gift, add_hand_return, add_refund
from tests.fixtures.databases import sqlite_only

pytestmark = sqlite_only


def left(database: Database, refund: str) -> int:
    with database.read() as session:
        return returnable(session, refund_id=refund).left


def test_what_was_taken_back_is_left_to_pay_again(database: Database) -> None:
    gift = add_gift(database, make_draft(database), "gift")
    refused = add_refund(database, gift, "refused", state="refused")
    other = add_refund(database, gift, "other", state="refused", amount=3_000)
    assert left(database, refused) == 1_000
    add_hand_return(database, gift, refused, "first")
    assert (left(database, refused), left(database, other)) == (500, 3_000)
    add_hand_return(database, gift, refused, "second")
    with pytest.raises(Refusal, match="is left to pay by hand") as nothing:
        left(database, refused)
    assert nothing.value.status == 409
    with database.write() as session:
        session.get_one(HandReturn, "second").reversed_at = NOON
    assert left(database, refused) == 500
