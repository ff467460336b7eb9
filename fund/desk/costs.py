"""What Stripe kept of the site as a whole: how much belongs to no campaign yet, and which campaign took over what."""

import uuid

from flask import render_template, request, url_for

from fund.closing.assign_cost import UNASSIGNED, assign_cost, unassigned_costs
from fund.closing.propose_shares import propose_shares
from fund.closing.reverse_assigned_cost import reverse_assigned_cost
from fund.desk.answers import done, errors_of
from fund.desk.find import campaigns_by_id
from fund.desk.form_nonce import new_nonce, sent_nonce
from fund.desk.typed_form import TypedForm
from fund.kit.clock import utc_now
from fund.kit.errors import Refusal
from fund.kit.money import plain_amount
from fund.ledger.queries import BookedEntry, entries_by_source
from fund.web.guards import Answer, needs, the_member
from fund.web.i18n import current_locale, gettext
from fund.web.request_scope import read_session, write_session

MANY = 200


@needs("plan_surplus")
def costs() -> Answer:
    """A GET shows what is unassigned with a proposal by gifts, its POST assigns a part to one campaign."""
    if request.method == "GET":
        return _page({}, {})
    typed = {name: request.form.get(name, "") for name in ("campaign", "amount")}
    campaign = campaigns_by_id().get(TypedForm(typed, "").number("campaign"))
    if campaign is None:
        return _page(typed, {"campaign": gettext("Choose the campaign.")}), 422
    form = TypedForm(typed, campaign.currency)
    amount = form.amount("amount") or 0
    if form.errors:
        return _page(typed, form.errors), 422
    try:
        nonce = sent_nonce()
        with write_session() as session:
            assign_cost(
                session,
                campaign_id=campaign.id,
                amount=amount,
                nonce=nonce,
                locale=current_locale(),
                actor=the_member().actor,
                now=utc_now(),
            )
    except Refusal as refusal:
        return _page(typed, errors_of(refusal)), refusal.status
    return done(gettext("The cost is assigned."), url_for("desk.costs"))


@needs("plan_surplus")
def cost_reverse(cost_id: uuid.UUID) -> Answer:
    with write_session() as session:
        reverse_assigned_cost(session, cost_id=str(cost_id), actor=the_member().actor, now=utc_now())
    return done(gettext("It is reversed, by an entry of its own."), url_for("desk.costs"))


def _page(typed: dict[str, str], errors: dict[str, str]) -> str:
    session = read_session()
    campaigns = campaigns_by_id()
    left = unassigned_costs(session)
    entries = entries_by_source(session, "cost:", limit=MANY)
    return render_template(
        "desk/costs.html",
        left=left,
        proposals={currency: propose_shares(session, currency, amount) for currency, amount in left.items()},
        campaigns=campaigns,
        options=[
            (one.id, f"{one.text(current_locale()).title} ({one.currency})")
            for one in campaigns.values()
            if one.status != "draft" and one.currency in left
        ],
        rows=_assigned(entries),
        plain=plain_amount,
        typed=typed,
        errors=errors,
        nonce=new_nonce(),
    )


def _assigned(entries: list[BookedEntry]) -> list[tuple[BookedEntry, int, str, str]]:
    """Of a campaign's entries: what it took over, signed, with the currency and the id to reverse, empty where done."""
    reversed_ = {entry.source.split(":")[1] for entry in entries if entry.source.endswith(":reversed")}
    rows = []
    for entry in entries:
        posting = next(one for one in entry.postings if one.account == UNASSIGNED)
        _, cost_id, state = entry.source.split(":")
        open_ = state == "assigned" and cost_id not in reversed_
        signed = posting.amount if posting.side == "credit" else -posting.amount
        rows.append((entry, signed, posting.currency, cost_id if open_ else ""))
    return rows
