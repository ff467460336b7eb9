"""Templates mirror the doors, are all used, and hold nothing that the content security policy forbids."""

import re

import pytest

from tests.fixtures.whole_run import ROOT
from tests.house.tree import python_files, shown, templates, text_files

FOLDERS = {"shared", "site", "desk", "api", "mail"}
PARTS = {"subject.txt", "body.txt", "body.html"}
NAME = re.compile(r"""["']([a-z_]+/[\w./-]+\.(?:html|txt|css|xml|atom|svg|ics))["']""")
INLINE = re.compile(
    r"""<style\b|\sstyle=|\son[a-z]+\s*=|javascript:"""
    r"""|<script\b(?![^>]*(?:\bsrc=|type="application/ld\+json"))""",
    re.IGNORECASE,
)


def messages() -> list[str]:
    return sorted(path.name for path in (ROOT / "templates/mail").iterdir() if path.is_dir() and path.name != "shared")


def named() -> set[str]:
    """Every template that some code or some other template names; those of mail are named from their own folder."""
    found = set()
    for path in [*python_files("fund"), *templates()]:
        of_mail = "mail" in path.relative_to(ROOT).parts[1:-1]
        prefix = "mail/" if of_mail else ""
        found |= {prefix + name for name in NAME.findall(path.read_text())}
    return found


def present() -> set[str]:
    return {str(path.relative_to(ROOT / "templates")) for path in templates()}


def test_templates_are_in_the_folder_of_a_door() -> None:
    assert {name.split("/")[0] for name in present()} <= FOLDERS


def test_every_template_is_used() -> None:
    of_messages = {f"mail/{message}/{part}" for message in messages() for part in PARTS}
    assert present() - named() - of_messages == set()


def test_every_template_that_is_named_exists() -> None:
    static = {str(path.relative_to(ROOT / "static")) for path in text_files("static")}
    assert named() - present() - static == set()


@pytest.mark.parametrize("message", messages())
def test_every_mail_has_a_subject_and_both_bodies(message: str) -> None:
    folder = ROOT / "templates/mail" / message
    assert {path.name for path in folder.iterdir()} == PARTS
    users = [shown(path) for path in python_files("fund") if re.search(rf"""["']{message}["']""", path.read_text())]
    assert users, f"nothing in fund/ sends {message}"


def test_no_page_carries_inline_style_or_script() -> None:
    pages = [path for path in templates() if path.suffix in (".html", ".svg") and "mail" not in path.parts]
    assert pages
    found = [f"{shown(path)}: {match[0]}" for path in pages for match in INLINE.finditer(path.read_text())]
    assert found == []
