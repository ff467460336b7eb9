from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy.orm import Session

from fund.audit.record_change import record_change
from fund.billing.form_id import form_id
from fund.billing.lock_campaign import lock_campaign
from fund.billing.made_before import made_before
from fund.billing.money_in_bank import money_in_bank
from fund.campaigns.models import Campaign
from fund.closing.find_surplus import find_split, find_surplus
from fund.closing.models import PassedOn
from fund.closing.postings import passed_to_campaign, passed_to_charity, received_from_campaign
from fund.closing.queries import live_plan
from fund.closing.rules import CHARITY, MATTER
from fund.files.keep_pdf import keep_pdf
from fund.files.show_file import show_file
from fund.kit.errors import Refusal
from fund.kit.money import format_money
from fund.kit.texts import clean_title
from fund.ledger.post_entry import post_entry
from fund.ledger.rules import Line

LONGEST_NAME = 140
TAKES_MONEY = ("open", "paused", "closed")


@dataclass(frozen=True, slots=True)
class Proof:
    """The document as it was sent."""

    content: bytes
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOnForm:
    """Where it goes: to another campaign, or else to the charity of this name. Minor units."""

    to_campaign_id: int | None = None
    charity: str = ""
    amount: int
    made_on: date
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class ToPassOn:
    """What may leave a campaign now, by where its gifts were given to go; minor units."""

    charity: int
    matter: int


def can_be_passed_on(session: Session, campaign: Campaign) -> ToPassOn:
    """Raises Refusal while something has a claim on the money, or a refund of the surplus is under way."""
    plan = live_plan(session, campaign.id)
    if plan is not None and plan.state != "draft":
        raise Refusal("The surplus is being refunded. Wait until that has ended, or give the plan up.", status=409)
    found = find_surplus(session, campaign)
    if found.obstacles:
        raise Refusal("Something still has a claim on this money. Deal with what is named below first.", status=409)
    split, _ = find_split(session, campaign, found.free)
    return ToPassOn(split.to_pass_on[CHARITY] + split.leftover, split.to_pass_on[MATTER] + split.leftover)


def pass_on(
    session: Session,
    *,
    campaign_id: int,
    form: PassOnForm,
    nonce: str,
    locale: str,
    actor: str,
    now: datetime,
) -> PassedOn:
    """Give a surplus, or a part of it, to a named charity or to another campaign, as its gifts were promised to go.

    A charity's proof is public from then on. A form that is sent twice is one.
    """
    campaign = lock_campaign(session, campaign_id)
    known = made_before(session, PassedOn, campaign, nonce)
    if known is not None:
        return known
    other = _other(session, campaign, form.to_campaign_id)
    name = "" if other else _charity(form.charity)
    _check_amount(session, campaign, other, form.amount, locale)
    _check_day(campaign, form.made_on, now)
    row = PassedOn(
        id=form_id(nonce),
        campaign_id=campaign.id,
        to_campaign_id=form.to_campaign_id,
        charity=name,
        amount=form.amount,
        currency=campaign.currency,
        made_on=form.made_on,
        created_at=now,
        created_by=actor,
    )
    row.file_id = _keep(session, form.proof, needed=other is None, actor=actor, now=now)
    session.add(row)
    session.flush()
    book_passed_on(session, row, campaign, other, now=now)
    after = {"passed_on": row.id, "amount": row.amount, "to": other.slug if other else name, "file": row.file_id}
    record_change(session, actor=actor, action="pass_on", subject=f"campaign:{campaign.id}", after=after, now=now)
    return row


def book_passed_on(
    session: Session, row: PassedOn, campaign: Campaign, other: Campaign | None, *, reverse: bool = False, now: datetime
) -> None:
    """One entry, or one of each campaign. Reversed, they are taken back by entries of their own."""
    amount, end = (-row.amount, ":reversed") if reverse else (row.amount, "")
    moves: list[tuple[str, Campaign, list[Line]]] = []
    if other is None:
        moves.append(("", campaign, passed_to_charity(amount, row.currency, slug=campaign.slug)))
    else:
        moves.append((":out", campaign, passed_to_campaign(amount, row.currency, slug=campaign.slug)))
        moves.append((":in", other, received_from_campaign(amount, row.currency, slug=other.slug)))
    for part, owner, postings in moves:
        post_entry(
            session,
            source=f"passed_on:{row.id}{part}{end}",
            kind="passed_on_reversed" if reverse else "passed_on",
            campaign_id=owner.id,
            postings=postings,
            occurred_at=now if reverse else datetime.combine(row.made_on, time(), UTC),
            now=now,
        )


def _other(session: Session, campaign: Campaign, other_id: int | None) -> Campaign | None:
    if other_id is None:
        return None
    other = session.get(Campaign, other_id, with_for_update=True)
    if other is None or other.status not in TAKES_MONEY or other.id == campaign.id:
        raise Refusal("Choose another campaign, one that is not archived.", field="to_campaign")
    if other.currency != campaign.currency:
        raise Refusal(
            "The other campaign has another currency: {currency}.", field="to_campaign", currency=other.currency
        )
    return other


def _charity(name: str) -> str:
    kept = clean_title(name)
    if not kept:
        raise Refusal("Write the name of the charity.", field="charity")
    if len(kept) > LONGEST_NAME:
        raise Refusal("At most {longest} characters, please.", field="charity", longest=LONGEST_NAME)
    return kept


def _check_amount(session: Session, campaign: Campaign, other: Campaign | None, amount: int, locale: str) -> None:
    room = can_be_passed_on(session, campaign)
    left = room.matter if other else room.charity
    if amount <= 0:
        raise Refusal("This amount is out of range.", field="amount")
    if amount > left:
        shown = format_money(left, campaign.currency, locale=locale)
        raise Refusal("At most {left} of the surplus was promised to go there.", field="amount", left=shown)
    if other is None and amount > (in_bank := money_in_bank(session, campaign)):
        shown = format_money(max(0, in_bank), campaign.currency, locale=locale)
        raise Refusal("Only {left} of it is in our bank. Have Stripe pay out first.", field="amount", left=shown)


def _check_day(campaign: Campaign, made_on: date, now: datetime) -> None:
    if made_on > now.date():
        raise Refusal("This day has not come yet.", field="made_on")
    if campaign.opened_at is not None and made_on < campaign.opened_at.date():
        raise Refusal("The campaign was not open on that day.", field="made_on")


def _keep(session: Session, proof: Proof | None, *, needed: bool, actor: str, now: datetime) -> str | None:
    if proof is None:
        if needed:
            raise Refusal(
                "Attach the charity’s receipt as a PDF: it is what proves that the money arrived.", field="file"
            )
        return None
    stored = keep_pdf(session, content=proof.content, name=proof.name, actor=actor, now=now)
    show_file(session, file_id=stored.id, shown=True)
    return stored.id
