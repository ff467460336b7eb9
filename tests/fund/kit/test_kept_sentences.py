import ast
from pathlib import Path

import pytest

from fund.kit.kept_sentences import KeptSentences
from fund.payments.alert_words import ALERTS
from fund.reconciliation import compare_payouts
from fund.reconciliation.words import DIFFERENCES, REPAIRS

FUND = Path(__file__).resolve().parents[3] / "fund"


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("txn_1 (topup, 1234 CAD) is not booked", "txn_1 (topup, 1234 CAD) n’est pas inscrite aux livres"),
        ("txn_9 of payout po_1 is not booked", "txn_9 du virement po_1 n’est pas inscrite aux livres"),
        ("ch_1 (6250 CAD) has no gift", "ch_1 (6250 CAD) n’a pas de don"),
        ("what no release ever wrote", "what no release ever wrote"),
        ("", ""),
    ],
)
def test_a_kept_sentence_is_said_in_french(kept: str, said: str) -> None:
    assert DIFFERENCES.say(kept, "fr") == said
    assert DIFFERENCES.say(kept, "en") == kept


def test_a_value_may_hold_anything() -> None:
    sentences = KeptSentences(["{what} is odd"])
    assert sentences.find("a {brace} is\nodd is odd") == ("{what} is odd", {"what": "a {brace} is\nodd"})
    assert sentences.say("{0} is odd", "fr") == "{0} is odd"


def test_every_difference_repair_and_alert_that_is_written_has_words() -> None:
    differences, repairs = set[str](), {"book"}
    for call in _calls(FUND / "reconciliation", "differ"):
        differences |= _text(call.args[1])
        repairs |= _text(call.args[2])
    problems = {
        text
        for node in ast.walk(ast.parse((FUND / "ledger/check_ledger.py").read_text()))
        if isinstance(node, ast.JoinedStr)
        for text in _text(node)
    }
    alerts = {
        text
        for call in _calls(FUND, "raise_alert")
        for keyword in call.keywords
        if keyword.arg == "sentence"
        for text in _text(keyword.value)
    }
    assert len(differences) >= 9
    assert len(problems) == 5
    assert len(alerts) == 5
    assert {text for text in differences | problems if DIFFERENCES.find(text) is None} == set()
    assert {text for text in repairs - {"book"} if REPAIRS.find(text) is None} == set()
    assert {text for text in alerts if ALERTS.find(text) is None} == set()
    for template in (compare_payouts.ON_ITS_WAY, compare_payouts.HELD):
        assert DIFFERENCES.find(template.format(currency="CAD", books=1, true=2))


def _calls(folder: Path, name: str) -> list[ast.Call]:
    return [
        node
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == name
    ]


def _text(node: ast.expr) -> set[str]:
    """As it would be written, with values of our own; nothing for what is no literal."""
    if isinstance(node, ast.Constant):
        return {str(node.value)}
    if isinstance(node, ast.JoinedStr):
        parts = [str(part.value) if isinstance(part, ast.Constant) else "value" for part in node.values]
        return {"".join(parts)}
    return set()
