"""Which requests a kept page may answer, and what such a page depends on."""

import re
from typing import Any, NamedTuple

from fund.db.glance import Glance

_NUMBER = r"[1-9]\d{0,8}"
_PATH = re.compile(
    r"(?:/fr)?(?:"
    r"(?P<home>/?)"
    r"|/(?:updates\.atom|privacy|terms)"
    r"|/c/(?P<slug>[a-z0-9-]{1,60})(?:(?P<front>)|/(?:updates\.atom|history|timeline(?:\.atom|\.ics)?)"
    r"|(?P<list>/updates|/books)|/updates/" + _NUMBER + r")"
    r")"
    r"|/api/v1/campaigns(?:/(?P<figures>[a-z0-9-]{1,60})(?:/updates|/timeline)?)?",
    re.ASCII,
)
_QUERIES = {
    "home": re.compile(r"lang=en"),
    "front": re.compile(r"ref=[A-Za-z0-9_-]{1,40}", re.ASCII),
    "list": re.compile(r"before=" + _NUMBER, re.ASCII),
}
"""What a page looks at of its query string. With anything else the request goes past the cache."""

OF_CAMPAIGN = (
    "SELECT COALESCE(page_version.version, 0) FROM campaign"
    " LEFT JOIN page_version ON page_version.campaign_id = campaign.id WHERE campaign.slug = ?"
)
OF_SITE = "SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM page_version"
"""Versions only grow, so the sum changes with each of them."""


class PublicPage(NamedTuple):
    """`slug` is the one campaign it is about; None for a page about all of them."""

    path: str
    query: str
    slug: str | None

    def version(self, glance: Glance) -> int | None:
        """As committed now. None if there is no such campaign. Raises GlanceError."""
        found = glance.value(OF_SITE) if self.slug is None else glance.value(OF_CAMPAIGN, self.slug)
        return None if found is None else int(found)


def public_page(environ: dict[str, Any]) -> PublicPage | None:
    """None for whatever is not to be kept: unknown paths, other query strings."""
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    match = _PATH.fullmatch(path)
    if match is None or environ.get("SCRIPT_NAME"):
        return None
    parts = match.groupdict()
    if query:
        kind = next((name for name in _QUERIES if parts[name] is not None), None)
        if kind is None or not _QUERIES[kind].fullmatch(query):
            return None
    return PublicPage(path, query, parts["slug"] or parts["figures"])
