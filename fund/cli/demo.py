import json
import time
import urllib.request
from datetime import datetime, timedelta

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.campaigns.launch_campaign import launch_campaign
from fund.campaigns.launch_checklist import STEPS
from fund.campaigns.open_campaign import open_campaign
from fund.campaigns.queries import all_campaigns, campaign_by_slug
from fund.campaigns.settle_launch_step import settle_launch_step
from fund.cli.database import bring_up_to_date
from fund.cli.demo_case import name_counsel, revise, tell_events
from fund.cli.demo_money import account_for_it, move_money
from fund.cli.demo_people import PEOPLE, demo_password, demo_people
from fund.cli.demo_story import DemoGift, DemoMoney, Story, stories
from fund.cli.exits import refuse
from fund.donations.models import Donation
from fund.donations.moderate_message import moderate_message
from fund.donations.open_checkout import open_checkout
from fund.donations.rules import check_gift_form
from fund.donations.start_donation import start_donation
from fund.kit.clock import utc_now
from fund.members.passwords import is_password
from fund.members.queries import member_by_address
from fund.updates.draft_update import draft_update
from fund.updates.publish_update import publish_update
from fund.web.services import Services, services

ACTOR = "command"
NOT_NEEDED = "An invented case: no real money, no real mail."
BOOKED_WITHIN = 60
"""Seconds that the worker may take to book the demo's gifts."""


@click.command("demo")
@click.option("--gifts", "only_gifts", is_flag=True, help="Give the demo's gifts; web, worker and sandbox must run.")
@with_appcontext
def demo(*, only_gifts: bool) -> None:
    """Fill an empty database with two invented campaigns, and say how to sign in. Does nothing to one that is not."""
    if services().settings.production:
        refuse("The demo is for trying things out: refused with a live key or a public SITE_URL.")
    if only_gifts:
        _give(services())
        return
    bring_up_to_date(services())
    with services().database.read() as session:
        empty = not all_campaigns(session)
    if empty:
        for story in stories():
            _tell(services(), story)
        demo_people(services())
    _say_logins(services(), made=empty)


def _tell(app: Services, story: Story) -> None:
    """Dates lie in the past, so that the page looks like a campaign that is under way."""
    now = utc_now()
    opened = now - timedelta(days=story.opened_days_ago)
    with app.database.write() as session:
        campaign = open_campaign(session, form=story.form, actor=ACTOR, now=opened)
        name_counsel(session, campaign, story.counsel, now=opened)
        _launch(session, campaign.id, opened)
        tell_events(session, campaign, story.events, now=now)
        if story.revision is not None:
            revise(session, campaign, story.revision, now=now)
        for update in story.updates:
            moment = now - timedelta(days=update.days_ago)
            draft = draft_update(
                session,
                campaign_id=campaign.id,
                words=update.words,
                audience=update.audience,
                author_id=None,
                actor=ACTOR,
                now=moment,
            )
            publish_update(
                session,
                app.queue,
                app.sender,
                app.signer,
                app.addresses,
                update_id=draft.id,
                actor=ACTOR,
                now=moment,
            )


def _launch(session: Session, campaign_id: int, opened: datetime) -> None:
    for step in STEPS:
        settle_launch_step(
            session, campaign_id=campaign_id, name=step, state="waived", reason=NOT_NEEDED, actor=ACTOR, now=opened
        )
    launch_campaign(session, campaign_id=campaign_id, actor=ACTOR, now=opened)


def _give(app: Services) -> None:
    """Through the same door as any gift: a session at the sandbox, paid there, told by webhook, then booked."""
    base = app.settings.stripe_api_base
    if not base.startswith("http://"):
        refuse("Demo gifts are given to the sandbox only.")
    given = {story.form.slug: _give_to(app, story, base) for story in stories()}
    everything = [gift for gifts in given.values() for gift in gifts]
    _wait_until_booked(app, [donation_id for donation_id, _ in everything])
    for donation_id, gift in everything:
        if gift.show_message:
            with app.database.write() as session:
                moderate_message(session, donation_id=donation_id, show=True, actor=ACTOR, now=utc_now())
    for story in stories():
        if story.money is not None and given[story.form.slug]:
            _account(app, story.form.slug, story.money)


def _account(app: Services, slug: str, money: DemoMoney) -> None:
    """Once its gifts are booked: whatever else moved, and the report over all of it."""
    with app.database.write() as session:
        campaign = campaign_by_slug(session, slug)
        if campaign is not None:
            move_money(session, campaign, money, now=utc_now())
            account_for_it(session, campaign, money, now=utc_now())


def _give_to(app: Services, story: Story, base: str) -> list[tuple[str, DemoGift]]:
    with app.database.read() as session:
        campaign = campaign_by_slug(session, story.form.slug)
        if campaign is None or campaign.status != "open":
            return []
        known = session.execute(select(Donation.id).where(Donation.campaign_id == campaign.id).limit(1)).first()
    if known:
        return []
    given = []
    for number, gift in enumerate(story.gifts):
        form = check_gift_form(
            amount=gift.amount,
            currency=story.form.currency,
            minimum=story.form.minimum_gift,
            visibility=gift.visibility,
            display_name=gift.display_name,
            message=gift.message,
            email="",
            ref="demo",
            locale=gift.locale,
        )
        now, nonce = utc_now(), f"demo:{campaign.slug}:{number}"
        with app.database.write() as session:
            donation = start_donation(
                session, app.queue, campaign_id=campaign.id, form=form, nonce=nonce, locale=gift.locale, now=now
            )
        open_checkout(app.database, app.gateway, app.addresses, app.signer, donation_id=donation.id, now=now)
        _pay(app, donation.id, base)
        given.append((donation.id, gift))
    return given


def _pay(app: Services, donation_id: str, base: str) -> None:
    with app.database.read() as session:
        session_id = session.get_one(Donation, donation_id).checkout_session_id
    body = json.dumps({"session": session_id, "card": "4242424242424242", "outcome": "succeed"}).encode()
    request = urllib.request.Request(  # noqa: S310  loopback, checked by config
        f"{base}/_sandbox/pay", body, {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310


def _wait_until_booked(app: Services, donation_ids: list[str]) -> None:
    end = time.monotonic() + BOOKED_WITHIN
    while time.monotonic() < end:
        with app.database.read() as session:
            waiting = select(Donation.id).where(Donation.id.in_(donation_ids), Donation.state == "pending")
            if session.execute(waiting).first() is None:
                return
        time.sleep(0.2)
    refuse("The demo's gifts were paid, but the worker has not booked them. Is it running?")


def _say_logins(app: Services, *, made: bool) -> None:
    with app.database.read() as session:
        alice = member_by_address(session, PEOPLE[0][0])
    click.echo("Demo campaigns and people are made." if made else "There are campaigns already: nothing was added.")
    if alice is None:
        return
    password = demo_password(app)
    said = password if is_password(alice.password_hash, password) else "as set when they were made"
    click.echo(f"Sign in as alice@example.org (owner), bob@example.org or carol@example.org; password: {said}")


commands = [demo]
