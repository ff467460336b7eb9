"""What an update's form may say, who may read what, and how long links live. Pure."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fund.kit.errors import Refusal
from fund.kit.i18n import LOCALES
from fund.kit.texts import clean_title

AUDIENCES = ("public", "members", "donors")
NEWS = ("updates", "closing")
"""What comes to whoever belongs to a campaign: news, and how it ended."""
TIMELINE = "timeline"
TOPICS = ("updates", TIMELINE, "closing")
"""What an address may choose by itself."""
ASKED_FOR = (TIMELINE,)
"""What comes only to an address that asked for it: each event of the case."""
RECENT = timedelta(days=30)
LONGEST_TITLE = 200
LONGEST_BODY = 40_000
CONFIRM_WITHIN = timedelta(days=7)
RESEND_AFTER = timedelta(minutes=10)
REVIEW_WITHIN = timedelta(days=60)
LONGEST_COMMENT = 5_000
LONGEST_REASON = 600
LONGEST_WORDS = 300
MOST_ATTACHMENTS = 10
FURTHEST = timedelta(days=731)
"""How far ahead something can be planned."""


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


@dataclass(frozen=True, slots=True)
class Reader:
    """What is known of who reads. `gave`: to this campaign, by a confirmed address or by the link in a mail."""

    is_member: bool = False
    gave: bool = False


ANYBODY = Reader()


def body_is_visible(
    audience: str, reader: Reader = ANYBODY, *, public_from: datetime | None = None, now: datetime
) -> bool:
    """The title of members' or donors' news is public; the text is for them, until `public_from`."""
    if audience == "public" or (public_from is not None and public_from <= now):
        return True
    return reader.gave if audience == "donors" else reader.is_member


def groups_of(audience: str, *, mail_donors: bool) -> tuple[str, ...]:
    """Whom a mail of it goes to, in the order in which somebody who is several is counted."""
    if audience == "public":
        return ("members", "followers", "donors") if mail_donors else ("members", "followers")
    return (audience,)


def check_later(moment: datetime, *, field: str, now: datetime) -> datetime:
    """Something planned lies ahead, and not beyond all planning."""
    if moment <= now:
        raise Refusal("This moment has passed already.", field=field)
    if moment > now + FURTHEST:
        raise Refusal("This is more than two years ahead.", field=field)
    return moment


def check_public_from(audience: str, moment: datetime | None, *, now: datetime) -> datetime | None:
    """When everybody may read it. Public news has no such moment. Raises Refusal on `public_from`."""
    return None if moment is None or audience == "public" else check_later(moment, field="public_from", now=now)


def check_reason(reason: Mapping[str, str], languages: Sequence[str]) -> dict[str, str]:
    """Why words are changed, in one line of each language the update has; one is enough."""
    said = {locale: clean_title(reason.get(locale, "")) for locale in languages}
    said = {locale: text for locale, text in said.items() if text}
    if not said:
        raise Refusal("Say why it is corrected: the page shows it.", field=f"{languages[0]}_reason")
    for locale, text in said.items():
        if len(text) > LONGEST_REASON:
            raise Refusal("A reason has at most {most} characters.", field=f"{locale}_reason", most=LONGEST_REASON)
    return said


def check_picture_words(words: Mapping[str, str], languages: Sequence[str]) -> dict[str, str]:
    """What a file shows, in each language the update has: who does not see it reads this."""
    said = {}
    for locale in languages:
        said[locale] = clean_title(words.get(locale, ""))
        if not said[locale]:
            raise Refusal("Say what it shows, for whoever does not see it.", field=f"{locale}_words")
        if len(said[locale]) > LONGEST_WORDS:
            raise Refusal("At most {longest} characters, please.", field=f"{locale}_words", longest=LONGEST_WORDS)
    return said


def digest_of(audience: str, words: Mapping[str, Words], files: Sequence[object] = ()) -> str:
    """SHA-256 of everything that publishing would make public: what counsel clears is these very words and files."""
    said = [audience, *([locale, words[locale].title, words[locale].body] for locale in sorted(words)), *files]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def list_id(slug: str, topic: str = "updates") -> str:
    """The name of a campaign's mailing list, before the domain. What was asked for has a list of its own."""
    return f"{topic if topic in ASKED_FOR else 'updates'}.{slug}"


def lists_of(slug: str, wanted: Collection[str]) -> list[str]:
    """Those of a campaign that somebody stays on who wants these topics."""
    return sorted({list_id(slug, topic) for topic in wanted})


def is_recent(day: date, *, now: datetime) -> bool:
    """Ahead, or not long ago: worth a mail. An older event completes the record."""
    return day >= (now - RECENT).date()


def _trimmed(words: Words) -> Words:
    title = clean_title(words.title)
    body = words.body.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()
    return Words(title, body)
