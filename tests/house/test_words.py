"""One word for each thing (the list is in docs/architecture.md). These are the words of other trades for ours."""

import re

from tests.house.tree import shown, text_files

NOT_OURS = {
    "chargeback": "Dispute",
    "project": "Campaign",
    "crowdfunding": "Campaign",
    "fundraiser": "Campaign",
    "backer": "Donor",
    "patron": "Donor",
    "contributor": "Donor",
    "supporter": "Donor",
    "pledge": "Donation",
    "subscriber": "Follower",
    "journal_line": "Posting",
    "withdrawal": "Payout",
}
PATTERN = re.compile(r"(?<![a-zA-Z])(" + "|".join(NOT_OURS) + r")s?(?![a-zA-Z])", re.IGNORECASE)
ALLOWED = re.compile(r"pyproject|\[project\]", re.IGNORECASE)


def misused(text: str) -> list[str]:
    return [match[0] for match in PATTERN.finditer(ALLOWED.sub("", text))]


def test_each_thing_has_one_word() -> None:
    found = [
        f"{shown(path)}:{number} {word} (we say {NOT_OURS[word.lower().removesuffix('s')]})"
        for path in [*text_files("fund"), *text_files("templates")]
        if path.suffix != ".po"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for word in misused(line)
    ]
    assert found == []


def test_a_wrong_word_would_be_found() -> None:
    assert misused("class ChargebackState: projects = backer_id") == ["projects", "backer"]
    assert misused("see pyproject.toml; it projected") == []
