"""A person with a browser that runs no JavaScript, over real HTTP."""

import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.cookiejar import CookieJar

from tests.forms import form_to


@dataclass(frozen=True)
class Answer:
    """Where one ended up after redirects, and what stands there."""

    status: int
    url: str
    text: str


class Visitor:
    """Keeps its cookies. Paths are below `base`, which has no trailing slash."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> Answer:
        return self._open(path, None)

    def post(self, path: str, **values: str) -> Answer:
        return self._open(path, values)

    def submit(self, path: str, *, to: str = "", **typed: str) -> Answer:
        """Open `path`, type over its form that posts to `to`, send it."""
        page = self.get(path)
        assert page.status == 200, f"{path}: {page.status}"
        return self.post(to or path, **{**form_to(page.text, to).values, **typed})

    def _open(self, path: str, values: dict[str, str] | None) -> Answer:
        data = None if values is None else urllib.parse.urlencode(values).encode()
        headers = {} if values is None else {"Origin": self.base, "Sec-Fetch-Site": "same-origin"}
        request = urllib.request.Request(f"{self.base}{path.removeprefix(self.base)}", data, headers)
        try:
            with self._opener.open(request, timeout=30) as answer:
                return Answer(answer.status, answer.url, answer.read().decode())
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, refused.url, refused.read().decode())
