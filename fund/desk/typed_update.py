"""What was typed into the form of an update, and what stands in its fields."""

from datetime import UTC, datetime
from typing import Any

from flask import request

from fund.desk.typed_days import moment_values, read_moment_or_none
from fund.kit.i18n import LOCALES
from fund.updates.models import Update
from fund.updates.rules import Words


def typed_words() -> dict[str, Words]:
    form = request.form
    return {at: Words(form.get(f"{at}_title", ""), form.get(f"{at}_body", "")) for at in LOCALES}


def typed_readers() -> dict[str, Any]:
    """Who may read it and when: values of draft_update and edit_update. Raises Refusal for what is no moment."""
    form = request.form
    zone = form.get("zone", "UTC")
    moment = read_moment_or_none(form.get("public_from", ""), form.get("public_at", ""), zone, field="public_from")
    return {
        "audience": form.get("audience", ""),
        "public_from": moment,
        "zone": zone,
        "mail_donors": bool(form.get("mail_donors")),
        "needs_counsel": bool(form.get("needs_counsel")),
    }


def seen_at() -> datetime:
    """Which version of the draft the form was made from; one that never was when it does not say."""
    return seen_or_none() or datetime.min.replace(tzinfo=UTC)


def seen_or_none() -> datetime | None:
    try:
        return datetime.fromisoformat(request.form.get("seen", ""))
    except ValueError:
        return None


def update_values(update: Update) -> dict[str, str]:
    values = {"audience": update.audience, "seen": update.edited_at.isoformat(), "zone": update.zone}
    values["public_from"], values["public_at"] = moment_values(update.public_from, update.zone)
    values |= {"needs_counsel": "1"} if update.needs_counsel else {}
    values |= {"mail_donors": "1"} if update.mail_donors else {}
    return values | words_as_typed({text.locale: Words(text.title, text.body) for text in update.texts})


def words_as_typed(words: dict[str, Words]) -> dict[str, str]:
    return {f"{at}_title": one.title for at, one in words.items()} | {
        f"{at}_body": one.body for at, one in words.items()
    }
