import re

from fund.kit.i18n import translations
from tests.fixtures.whole_run import ROOT
from tests.house import catalogues


def test_the_catalogues_are_sound() -> None:
    assert catalogues.translated()[1] == []


def test_everything_that_is_said_has_its_french() -> None:
    assert catalogues.missing() == []


def test_the_application_reads_the_same_catalogues() -> None:
    known, _ = catalogues.translated()
    key, message = next((key, message) for key, message in known.items() if isinstance(key, str))
    assert translations("fr").gettext(key) == message.string


def test_code_and_templates_are_both_looked_at() -> None:
    places = {place.split("/")[0] for place in catalogues.said().values()}
    assert places == {"fund", "templates"}


def test_no_template_sets_a_colon_between_two_values_as_english_does() -> None:
    templates = (ROOT / "templates").rglob("*.*")
    assert [str(path) for path in templates if re.search(r"\}\}: ?\{\{", path.read_text())] == []
