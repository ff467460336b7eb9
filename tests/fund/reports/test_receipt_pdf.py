"""The receipt on paper: one sheet, whatever became of the gift."""

import io
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from fund.reports.gift_receipt import GiftReceipt
from fund.reports.receipt_pdf import receipt_pdf

ADDRESS = "Fonds de défense Boréal\n1250, boulevard René-Lévesque Ouest\nMontréal (Québec)  H3B 4W8"
POLICY = "Ce qui reste retourne à toutes les personnes qui ont donné, au prorata de leurs dons, une fois payés "
RECEIPT = GiftReceipt(
    locale="fr",
    number="11138D9E",
    title="Une partie de ce don vous a été rendue",
    sentence="Merci pour le reste, qui demeure inscrit.",
    is_receipt=True,
    amount="48,03 CAD",
    campaign_title="Quatre maisons de disques contre Boréal",
    campaign_slug="boreal",
    facts=[
        *[(f"Donnée {number}", "22 novembre 2026") for number in range(7)],
        (
            "Donné sous",
            "barème d’honoraires du 22 novembre 2026, version 2; règle sur l’excédent, version 1",
        ),
    ],
    refunds=[
        ("Vous a été renvoyé le 22 novembre 2026", "20,00 CAD"),
        ("Vous a été renvoyé le 2 mars 2027", "1,66 CAD"),
    ],
    policy=POLICY + "les avocats et les frais.",
    policy_locale="fr",
    policy_day="22 novembre 2026",
    written_at=datetime(2027, 3, 2, 12, tzinfo=UTC),
)


@pytest.mark.parametrize("currency", ["CAD", "SEK"], ids=["letter", "a4"])
def test_a_gift_that_went_back_twice_still_fits_on_one_sheet(currency: str) -> None:
    paper = receipt_pdf(
        RECEIPT, currency=currency, site_name="Boréal", postal_address=ADDRESS, site_url="https://boreal.example"
    )
    pages = PdfReader(io.BytesIO(paper)).pages
    assert len(pages) == 1
    words = pages[0].extract_text()
    assert "https://boreal.example" in words
    assert "H3B 4W8" in words
