import pytest
from flask.testing import FlaskClient

from fund.db.session import Database
from tests.people import ALICE, add_member, sign_in


@pytest.fixture
def alice(database: Database) -> int:
    return add_member(database, ALICE)


@pytest.fixture
def desk(client: FlaskClient, database: Database, alice: int) -> FlaskClient:
    """Alice's browser, signed in."""
    sign_in(client, database, alice)
    return client
