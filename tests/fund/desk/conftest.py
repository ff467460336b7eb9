import pytest
from flask.testing import FlaskClient

from fund.db.session import Database
from tests.fixtures.installation import Installation
from tests.people import ALICE, add_member, sign_in


@pytest.fixture
def alice(database: Database) -> int:
    return add_member(database, ALICE)


@pytest.fixture
def desk(client: FlaskClient, database: Database, alice: int) -> FlaskClient:
    """Alice's browser, signed in."""
    sign_in(client, database, alice)
    return client


@pytest.fixture
def treasurer(installation: Installation) -> FlaskClient:
    """Alice's browser, signed in to an installation in front of the sandbox."""
    client = installation.app.test_client()
    sign_in(client, installation.database, add_member(installation.database, ALICE))
    return client
