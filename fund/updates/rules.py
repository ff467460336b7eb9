"""What an update's form may say, who may read what, and how long links live. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from fund.kit.errors import Refusal
from fund.kit.i18n import LOCALES
from fund.kit.texts import clean_title

AUDIENCES = ("public", "members")
LONGEST_TITLE = 200
LONGEST_BODY = 40_000
CONFIRM_WITHIN = timedelta(days=7)
RESEND_AFTER = timedelta(minutes=10)
REVIEW_WITHIN = timedelta(days=60)
LONGEST_COMMENT = 5_000


@dataclass(frozen=True, slots=True)
class Words:
    """Title and Markdown in one language, as typed."""

    title: str
    body: str


def check_words(words: Mapping[str, Words]) -> dict[str, Words]:
    """The languages that were filled in, trimmed. Raises Refusal on `<language>_title` or `<language>_body`."""
    kept = {locale: _trimmed(given) for locale, given in words.items() if locale in LOCALES}
    filled = {locale: given for locale, given in kept.items() if given.title or given.body}
    if not filled:
        raise Refusal("Write the update in one language at least.", field=f"{LOCALES[0]}_title")
    for locale, given in filled.items():
        if not given.title:
            raise Refusal("An update needs a title.", field=f"{locale}_title")
        if not given.body:
            raise Refusal("An update needs a text.", field=f"{locale}_body")
        if len(given.title) > LONGEST_TITLE:
            raise Refusal("A title has at most {most} characters.", field=f"{locale}_title", most=LONGEST_TITLE)
        if len(given.body) > LONGEST_BODY:
            raise Refusal("A text has at most {most} characters.", field=f"{locale}_body", most=LONGEST_BODY)
    return filled


def check_audience(audience: str) -> str:
    if audience not in AUDIENCES:
        raise Refusal("Choose who may read this.", field="audience")
    return audience


def body_is_visible(audience: str, *, is_member: bool) -> bool:
    """The title of a members-only update is public; its text is not."""
    return audience == "public" or is_member


def digest_of(audience: str, words: Mapping[str, Words]) -> str:
    """SHA-256 of everything that publishing would make public: what counsel clears is these very words."""
    said = [audience, *([locale, words[locale].title, words[locale].body] for locale in sorted(words))]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def list_id(slug: str) -> str:
    """The name of a campaign's mailing list, before the domain."""
    return f"updates.{slug}"


def _trimmed(words: Words) -> Words:
    title = clean_title(words.title)
    body = words.body.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()
    return Words(title, body)
