from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign
from fund.db.types import address_indexes
from fund.donations.gift_number import gift_number
from fund.donations.models import Donation
from fund.kit.clock import rfc3339
from fund.kit.errors import Refusal
from fund.kit.money import plain_amount
from fund.mail.models import Delivery, MailBody
from fund.members.models import Member, MemberImport, MemberSession
from fund.updates.models import Follower, OptIn, OptOut


def describe_member(session: Session, *, member_id: int, now: datetime) -> dict[str, Any]:
    """All that is kept of a member and under the member's address, as plain values for a file of their own."""
    member = session.get(Member, member_id)
    if member is None or member.deleted_at is not None:
        raise Refusal("There is no such member.", status=404)
    indexes = address_indexes(member.address)
    return {
        "made_at": rfc3339(now),
        "account": _account(member),
        "consent": _consent(session, member),
        "browsers": _browsers(session, member_id),
        "followed_campaigns": _followings(session, indexes),
        "asked_for": _opt_ins(session, indexes),
        "not_wanted": _opt_outs(session, indexes),
        "gifts": _gifts(session, indexes),
        "mails": _mails(session, indexes),
    }


def _account(member: Member) -> dict[str, Any]:
    return {
        "address": member.address,
        "name": member.name,
        "language": member.locale,
        "role": member.role or "member",
        "member_since": rfc3339(member.created_at),
        "has_password": bool(member.password_hash),
    }


def _consent(session: Session, member: Member) -> dict[str, Any]:
    taken_in = session.get(MemberImport, member.import_id) if member.import_id else None
    return {
        "updates_by_mail": member.wants_updates,
        "source": member.consent_source,
        "since": rfc3339(member.consent_at or member.created_at),
        "words": taken_in.consent_text if taken_in else None,
    }


def _browsers(session: Session, member_id: int) -> list[dict[str, Any]]:
    rows = session.scalars(select(MemberSession).where(MemberSession.member_id == member_id).order_by(MemberSession.id))
    return [
        {
            "signed_in": rfc3339(row.created_at),
            "last_used": rfc3339(row.seen_at),
            "ended": rfc3339(row.revoked_at) if row.revoked_at else None,
        }
        for row in rows
    ]


def _followings(session: Session, indexes: list[str]) -> list[dict[str, Any]]:
    query = (
        select(Follower, Campaign.slug)
        .join(Campaign, Campaign.id == Follower.campaign_id)
        .where(Follower.address_index.in_(indexes))
        .order_by(Follower.id)
    )
    return [
        {
            "campaign": slug,
            "state": row.state,
            "language": row.locale,
            "source": row.consent_source,
            "asked": rfc3339(row.requested_at),
            "confirmed": rfc3339(row.confirmed_at) if row.confirmed_at else None,
            "left": rfc3339(row.left_at) if row.left_at else None,
        }
        for row, slug in session.execute(query)
    ]


def _opt_ins(session: Session, indexes: list[str]) -> list[dict[str, Any]]:
    query = (
        select(OptIn, Campaign.slug)
        .join(Campaign, Campaign.id == OptIn.campaign_id)
        .where(OptIn.address_index.in_(indexes))
        .order_by(OptIn.campaign_id, OptIn.topic)
    )
    return [
        {"campaign": slug, "kind": row.topic, "source": row.source, "since": rfc3339(row.since)}
        for row, slug in session.execute(query)
    ]


def _opt_outs(session: Session, indexes: list[str]) -> list[dict[str, Any]]:
    query = (
        select(OptOut, Campaign.slug)
        .outerjoin(Campaign, Campaign.id == OptOut.campaign_id)
        .where(OptOut.address_index.in_(indexes))
        .order_by(OptOut.campaign_id, OptOut.topic)
    )
    return [
        {"campaign": slug or "every campaign", "kind": row.topic, "since": rfc3339(row.since)}
        for row, slug in session.execute(query)
    ]


def _gifts(session: Session, indexes: list[str]) -> list[dict[str, Any]]:
    query = (
        select(Donation, Campaign.slug)
        .join(Campaign, Campaign.id == Donation.campaign_id)
        .where(Donation.email_index.in_(indexes))
        .order_by(Donation.created_at, Donation.id)
    )
    return [
        {
            "number": gift_number(gift),
            "campaign": slug,
            "state": gift.state,
            "amount": plain_amount(gift.amount, gift.currency),
            "currency": gift.currency,
            "visibility": gift.visibility,
            "name": gift.display_name,
            "message": gift.message,
            "begun": rfc3339(gift.created_at),
            "paid": rfc3339(gift.paid_at) if gift.paid_at else None,
        }
        for gift, slug in session.execute(query)
    ]


def _mails(session: Session, indexes: list[str]) -> list[dict[str, Any]]:
    query = (
        select(MailBody.message, Delivery.state, Delivery.created_at, Delivery.sent_at)
        .join(MailBody, MailBody.id == Delivery.body_id)
        .where(Delivery.address_index.in_(indexes))
        .order_by(Delivery.id)
    )
    return [
        {"kind": kind, "state": state, "written": rfc3339(written), "sent": rfc3339(sent) if sent else None}
        for kind, state, written, sent in session.execute(query)
    ]
