from collections.abc import Mapping
from typing import Any

import pytest

from fund.campaigns.revision_words import changes_of, revision_title

MAY = "2026-05-03"


def party(name: str, side: str = "complainant", **days: str) -> dict[str, object]:
    return {"side": side, "name": {"en": name, "fr": f"{name} (fr)"}, "from_on": None, "until_on": None, **days}


def words(kind: str, before: Mapping[str, Any], after: Mapping[str, Any], locale: str = "en") -> list[tuple[str, ...]]:
    found = changes_of(kind, before, after, currency="CAD", locale=locale)
    return [(one.what, one.before, one.after) for one in found]


def test_many_who_join_on_one_day_stand_together() -> None:
    four = [party(f"Label {number}") for number in range(4)]
    joined = [party(f"Label {number}", from_on=MAY) for number in range(4, 31)]
    ((what, gone, come),) = words("parties", {"parties": four}, {"parties": four + joined})
    assert (what, gone) == ("On the list", "–")
    assert come.startswith("27 complainants, from 3 May 2026: Label 4, Label 5,")
    assert come.count("complainants") == come.count("2026") == 1
    ((_, _, french),) = words("parties", {"parties": four}, {"parties": four + joined}, "fr")
    assert french.startswith("27 plaignants, à partir du 3 mai 2026\xa0: Label 4 (fr), ")


def test_who_leaves_is_on_both_sides_with_the_day() -> None:
    stays, left = party("A community", "respondent"), party("A community", "respondent", until_on=MAY)
    assert words("parties", {"parties": [stays]}, {"parties": [left]}) == [
        ("On the list", "A community, respondent", "A community, respondent, until 3 May 2026")
    ]


def test_counsel_and_demands_read_in_their_own_words() -> None:
    old = {"name": "Me Gagnon", "firm": "Gagnon inc.", "from_on": "2026-01-02", "until_on": None}
    new = {"name": "Me Roy", "firm": "", "from_on": MAY, "until_on": None}
    ((_, gone, come),) = words("counsel", {"counsel": [old]}, {"counsel": [{**old, "until_on": "2026-05-02"}, new]})
    assert gone == "Me Gagnon, Gagnon inc., from 2 January 2026"
    assert come == "Me Gagnon, Gagnon inc., from 2 January 2026, until 2 May 2026; Me Roy, from 3 May 2026"
    demand = {"text": {"en": "Close the site"}, "from_on": None, "until_on": None}
    ((_, _, dropped),) = words("demands", {"demands": [demand]}, {"demands": [{**demand, "until_on": MAY}]})
    assert dropped == "Close the site, until 3 May 2026"


def test_only_what_differs_is_said() -> None:
    before = {"hard_cap": None, "gifts_from": None, "gifts_until": "2026-12-01T00:00:00Z"}
    after = {**before, "gifts_until": "2027-01-01T00:00:00Z"}
    assert words("limits", before, after) == [("Last day of gifts", "30 November 2026", "31 December 2026")]
    assert words("schedule", {"version": 1, "target": 5}, {"version": 2, "target": 5}) == []


@pytest.mark.parametrize(
    ("kind", "title"), [("policy", "La règle sur l’excédent a été révisée"), ("?", "Les conditions")]
)
def test_a_kind_has_its_title_and_another_one_a_plain_one(kind: str, title: str) -> None:
    assert revision_title(kind, locale="fr").startswith(title)
