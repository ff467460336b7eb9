from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.db.types import address_indexes
from fund.donations.models import Donation
from fund.kit.errors import Refusal
from fund.kit.i18n import LOCALES, translate
from fund.kit.signing import Signer
from fund.mail.cancel_deliveries import cancel_deliveries
from fund.updates.opt_ins import set_opt_ins
from fund.updates.opt_outs import Wish, add_opt_outs, drop_opt_outs
from fund.updates.preferences import Choice, Standing, choices_of, find_standing, reached_without_membership
from fund.updates.rules import ASKED_FOR, NEWS, TOPICS, lists_of


def set_preferences(
    session: Session, signer: Signer, *, token: str, wanted: Collection[Wish], locale: str, now: datetime
) -> None:
    """What the address behind `token` wants from here on, and in which language.

    Only of campaigns that its page lists: somebody else who has the link can subscribe it to nothing new. What is
    queued of lists that it leaves is stopped. Raises Refusal: 404 not ours, 410 gone, 422 on `locale`.
    """
    if locale not in LOCALES:
        raise Refusal("Choose one of the languages.", field="locale")
    standing = find_standing(session, signer, token, lock=True)
    if standing is None:
        raise Refusal("This address is not on record any more.", status=410)
    choices = choices_of(session, standing)
    before = _as_text(choices)
    _write_topics(session, standing, choices, wanted, now=now)
    _write_language(session, standing, locale)
    session.flush()
    after = choices_of(session, standing)
    kept = [name for choice in after for name in lists_of(choice.campaign.slug, choice.wanted)]
    cancel_deliveries(session, address=standing.address, keep_lists=kept)
    if _as_text(after) != before or locale != standing.locale:
        record_change(
            session,
            actor="link",
            action="set_preferences",
            subject="preferences",
            before={"wanted": before, "locale": standing.locale},
            after={"wanted": _as_text(after), "locale": locale},
            now=now,
        )


def _write_topics(
    session: Session, standing: Standing, choices: Collection[Choice], wanted: Collection[Wish], *, now: datetime
) -> None:
    drop_opt_outs(session, standing.address)
    listed = {choice.campaign.id for choice in choices}
    refused = [(at, topic) for at in listed for topic in NEWS if (at, topic) not in wanted]
    add_opt_outs(session, standing.address, refused, now=now)
    asked = {(at, topic) for at, topic in wanted if at in listed and topic in ASKED_FOR}
    source = translate("chosen on the preference page", standing.locale)
    set_opt_ins(session, standing.address, asked, source=source, now=now)
    some = {at for at, topic in wanted if at in listed and topic in TOPICS}
    for at, following in standing.followings.items():
        if at in some and following.state != "confirmed":
            following.state, following.left_at = "confirmed", None
        elif at in listed and at not in some and following.state == "confirmed":
            following.state, following.left_at = "left", now
    member = standing.member
    if member is not None:
        needed = any(not reached_without_membership(standing, at) for at in some)
        if needed and not member.wants_updates:
            member.consent_source = translate("chosen on the preference page", member.locale)
            member.consent_at = now
        member.wants_updates = bool(some) and (member.wants_updates or needed)


def _write_language(session: Session, standing: Standing, locale: str) -> None:
    if standing.member is not None:
        standing.member.locale = locale
    for following in standing.followings.values():
        following.locale = locale
    given = update(Donation).where(Donation.email_index.in_(address_indexes(standing.address)))
    session.execute(given.values(locale=locale).execution_options(synchronize_session=False))


def _as_text(choices: Collection[Choice]) -> list[str]:
    """For the audit log, which holds no address."""
    return sorted(f"{choice.campaign.slug}:{topic}" for choice in choices for topic in choice.wanted)
