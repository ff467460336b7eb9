"""Every way in which the template of a mail can read is shown by one variant or another."""

import sys
from typing import Any

import pytest
from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator

from fund.kit.i18n import LOCALES
from fund.mail.render_message import render_message
from fund.mail.samples import can_leave_sample, sample_messages, sample_values, sample_variants
from fund.mail.sender import Sender

MODULE = sys.modules[render_message.__module__]


class Noting(CodeGenerator):
    """Has each condition of a template handed to `noted`, with its place."""

    def visit_Template(self, node: nodes.Template, frame: Any = None) -> None:  # noqa: N802  as Jinja names it
        for fork in node.find_all(nodes.If):
            fork.test = self._asked(fork.test)
        for choice in node.find_all(nodes.CondExpr):
            choice.test = self._asked(choice.test)
        for either in node.find_all(nodes.Or):
            either.left = self._asked(either.left)
        super().visit_Template(node, frame)

    def _asked(self, test: nodes.Node) -> nodes.Expr:
        place = nodes.Const(f"{self.name}:{test.lineno} {test!r}", lineno=test.lineno)
        call = nodes.Filter(test, "noted", [place], [], None, None, lineno=test.lineno)
        call.set_environment(self.environment)
        return call


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[bool]]:
    """Which answers each condition of the templates has had."""
    found: dict[str, set[bool]] = {}

    def noted(value: object, place: str) -> object:
        found.setdefault(place, set()).add(bool(value))
        return value

    def environment(locale: str) -> Environment:
        made: Environment = MODULE._environment.__wrapped__(locale)
        made.code_generator_class = Noting
        made.filters["noted"] = noted
        return made

    environments = {locale: environment(locale) for locale in LOCALES}
    monkeypatch.setattr(MODULE, "_environment", environments.__getitem__)
    return found


def test_every_branch_of_every_template_is_shown(sender: Sender, asked: dict[str, set[bool]]) -> None:
    for message in sample_messages():
        for variant in sample_variants(message):
            for locale in LOCALES:
                values = sample_values(message, locale=locale, site_url=sender.site_url, variant=variant)
                can_leave = can_leave_sample(message, variant)
                render_message(message, locale=locale, sender=sender, values=values, can_leave=can_leave)
    assert len(asked) > 50
    assert [place for place, answers in asked.items() if len(answers) == 1] == []
