"""Forms as a browser without JavaScript sends them: every field of the page, with a few typed over."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fund.campaigns.launch_checklist import STEPS


@dataclass
class Form:
    """`action` is empty when the form posts to its own page."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._form: Form | None = None
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get"))
            self.found.append(self._form)
        elif self._form is None or "disabled" in given:
            return
        elif tag == "input":
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self._form.values[given["name"]] = given.get("value", "")
        elif tag == "textarea":
            self._area = given["name"]
            self._form.values[self._area] = ""
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and ("selected" in given or self._select not in self._form.values):
            self._form.values[self._select] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._form is not None and self._area:
            self._form.values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._form is not None:
            self._form.values[self._area] = self._form.values[self._area].removeprefix("\n")
            self._area = ""
        elif tag == "form":
            self._form = None


def forms_of(html: str) -> list[Form]:
    parser = _Forms()
    parser.feed(html)
    return parser.found


def form_to(html: str, action: str) -> Form:
    """The page's form that posts to `action`; empty for the one that posts to its own page."""
    return next(form for form in forms_of(html) if form.method == "post" and form.action == action)


def submit(client: FlaskClient, path: str, *, to: str = "", **typed: str) -> TestResponse:
    """Open `path`, type over the form that posts to `to` (its own page if empty), send it; no redirect is followed."""
    page = client.get(path)
    assert page.status_code == 200, f"{path}: {page.status_code}"
    return client.post(to or path, data={**form_to(page.text, to).values, **typed})


def settle_steps(client: FlaskClient, path: str) -> None:
    """Say of every step before a launch that it is done, on the page at `path`."""
    for step in STEPS:
        assert submit(client, path, to=f"{path}/{step}", action="done").status_code == 303


def launch(client: FlaskClient, campaign_id: int = 1) -> TestResponse:
    path = f"/desk/campaigns/{campaign_id}/launch"
    settle_steps(client, path)
    return submit(client, path)
