"""The campaign's page says where the money is, in two lines that are equal whatever came between."""

import re
from decimal import Decimal

import pytest

from tests.factories.campaigns import SLUG
from tests.fixtures.databases import sqlite_only
from tests.fixtures.installation import Installation
from tests.journeys.forty.acts import charge_of, dispute, refund_at_stripe

pytestmark = sqlite_only


def lines(installation: Installation) -> list[dict[str, Decimal]]:
    page = installation.app.test_client().get(f"/c/{SLUG}").text
    return [
        {name: Decimal(amount.replace("\u2212", "-").replace(",", "")) for name, amount in _pairs(line)}
        for line in re.findall(r'<dl class="line">(.*?)</dl>', page, re.DOTALL)
    ]


def _pairs(line: str) -> list[tuple[str, str]]:
    return re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", line)


@pytest.mark.parametrize("outcome", ["open", "lost"])
def test_the_lines_agree_with_a_refund_and_a_dispute(installation: Installation, outcome: str) -> None:
    refunded, disputed = installation.pay_and_book("100"), installation.pay_and_book("62.50")
    refund_at_stripe(installation, charge_of(installation, refunded), 2500)
    dispute(installation, charge=charge_of(installation, disputed), outcome=outcome)
    came, is_now, *_hours = lines(installation)
    assert sum(came.values()) == sum(is_now.values()) > 0
    assert came["Raised"] == Decimal("162.50")
    assert came["Given back"] == {"open": Decimal("-25.00"), "lost": Decimal("-87.50")}[outcome]
    assert is_now.get("Held in disputes") == {"open": Decimal("62.50"), "lost": None}[outcome]
