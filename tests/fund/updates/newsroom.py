"""What the tests of updates do, in one line each."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from fund.db.session import Database
from fund.db.types import address_index
from fund.donations.models import Donation
from fund.kit.addresses import Addresses
from fund.kit.errors import Refusal
from fund.kit.signing import Signer
from fund.mail.models import Delivery, Mailing
from fund.mail.send_batch import send_batch
from fund.mail.send_mailing_batch import MailingSender, send_mailing_batch
from fund.mail.sender import Sender
from fund.members.models import Member
from fund.updates.confirm_follow import confirm_follow
from fund.updates.draft_update import draft_update
from fund.updates.fill_mailing import fill_mailing
from fund.updates.follow_campaign import follow_campaign
from fund.updates.leave_updates import leave_updates
from fund.updates.make_correction import make_correction
from fund.updates.models import Follower, Update
from fund.updates.prepare_correction import prepare_correction
from fund.updates.publish_due_update import publish_due_update
from fund.updates.publish_update import publish_update
from fund.updates.queries import scheduled_updates
from fund.updates.rejoin_updates import rejoin_updates
from fund.updates.rules import Words
from fund.updates.unsubscribing import Subscription, find_subscription
from tests.fakes.queue import FakeQueue
from tests.fakes.transport import FakeTransport

BOTH = {"en": Words("Refused", "The motion was *refused*."), "fr": Words("Refusée", "La requête est *refusée*.")}


@dataclass
class Newsroom:
    """`now` is the time of whatever is done next."""

    database: Database
    queue: FakeQueue
    sender: Sender
    signer: Signer
    addresses: Addresses
    campaign_id: int
    now: datetime

    def later(self, **wait: float) -> None:
        self.now += timedelta(**wait)

    def member(self, name: str, *, locale: str = "en", wants_updates: bool = True, consent: str = "") -> int:
        address = f"{name}@example.org"
        row = Member(
            address=address,
            address_index=address_index(address),
            name=name,
            password_hash="",
            locale=locale,
            wants_updates=wants_updates,
            consent_source=consent,
            created_at=self.now,
        )
        with self.database.write() as session:
            session.add(row)
            session.flush()
            return row.id

    def ask(self, address: str, *, locale: str = "en", campaign_id: int | None = None, events: bool = False) -> None:
        with self.database.write() as session:
            follow_campaign(
                session,
                self.queue,
                self.sender,
                self.signer,
                self.addresses,
                campaign_id=campaign_id or self.campaign_id,
                address=address,
                locale=locale,
                events=events,
                now=self.now,
            )

    def confirm(self, token: str) -> Follower:
        with self.database.write() as session:
            return confirm_follow(session, self.signer, token=token, now=self.now)

    def follower(self, name: str, *, locale: str = "en", campaign_id: int | None = None, events: bool = False) -> None:
        """Asked, got the mail, pressed the button."""
        self.ask(f"{name}@example.org", locale=locale, campaign_id=campaign_id, events=events)
        (mail,) = (one for one in self.mails() if one["To"] == f"{name}@example.org")
        self.confirm(token_in(mail, "follow"))

    def draft(
        self,
        words: dict[str, Words] | None = None,
        *,
        audience: str = "public",
        campaign_id: int | None = None,
        **more: Any,
    ) -> int:
        with self.database.write() as session:
            return draft_update(
                session,
                campaign_id=campaign_id or self.campaign_id,
                words=BOTH if words is None else words,
                audience=audience,
                author_id=None,
                actor="member:1",
                now=self.now,
                **more,
            ).id

    def publish(self, update_id: int, **more: Any) -> Update:
        with self.database.write() as session:
            return publish_update(
                session,
                self.queue,
                self.sender,
                self.signer,
                self.addresses,
                update_id=update_id,
                actor="member:1",
                now=self.now,
                **more,
            )

    def do(self, use_case: Callable[..., Any], **values: Any) -> Any:
        """A use case of the desk, by member 1."""
        with self.database.write() as session:
            return use_case(session, actor="member:1", now=self.now, **values)

    def due(self) -> list[int]:
        """What the worker does each minute; numbers of what it published."""
        with self.database.read() as session:
            waiting = [one.id for one in scheduled_updates(session, due=self.now)]
        published = []
        for update_id in waiting:
            with suppress(Refusal), self.database.write() as session:
                update = publish_due_update(
                    session, self.queue, self.sender, self.signer, self.addresses, update_id=update_id, now=self.now
                )
                published += [update.number or 0] if update else []
        return published

    def correct(self, update_id: int, words: dict[str, Words], *, reason: str = "A slip.", tell: bool = False) -> None:
        """Prepared and made."""
        self.do(prepare_correction, update_id=update_id, words=words, reason={"en": reason, "fr": reason})
        self.make_correction(update_id, seen=self.now, tell=tell)

    def make_correction(self, update_id: int, *, seen: datetime, tell: bool = False) -> None:
        with self.database.write() as session:
            make_correction(
                session,
                self.queue,
                self.sender,
                self.signer,
                self.addresses,
                update_id=update_id,
                seen=seen,
                tell=tell,
                actor="member:1",
                now=self.now,
            )

    def donor(self, name: str, *, locale: str = "en", campaign_id: int | None = None, state: str = "paid") -> str:
        """Gave once, with an address. Says the gift's id."""
        gift = Donation(
            campaign_id=campaign_id or self.campaign_id, state=state, amount=2500, currency="CAD", visibility="hidden",
            email=f"{name}@example.org", email_index=address_index(f"{name}@example.org"), locale=locale,
            nonce=uuid4().hex, form_key=uuid4().hex, created_at=self.now, expires_at=self.now, paid_at=self.now,
        )  # fmt: skip
        with self.database.write() as session:
            session.add(gift)
            session.flush()
            return gift.id

    def update(self, update_id: int) -> Update:
        """As it is kept."""
        with self.database.read() as session:
            return session.get_one(Update, update_id)

    def leave(self, token: str) -> Subscription:
        with self.database.write() as session:
            return leave_updates(session, self.signer, token=token, now=self.now)

    def rejoin(self, token: str) -> Subscription:
        with self.database.write() as session:
            return rejoin_updates(session, self.signer, token=token, now=self.now)

    def look(self, token: str) -> Subscription:
        with self.database.read() as session:
            return find_subscription(session, self.signer, token=token)

    def fill(self) -> None:
        """Have everybody written down whom the mailings so far are for."""
        with self.database.read() as session:
            waiting = list(session.scalars(select(Mailing.id).where(Mailing.state == "filling")))
        for mailing_id in waiting:
            more = True
            while more:
                with self.database.write() as session:
                    more = fill_mailing(
                        session, self.queue, self.signer, self.addresses, mailing_id=mailing_id, now=self.now
                    )

    def mails(self) -> list[EmailMessage]:
        """Send what is waiting and read it."""
        self.fill()
        transport = FakeTransport()
        while send_batch(self.database, transport, self.sender, now=self.now):
            pass
        worker = MailingSender(self.database, transport, self.sender, lambda: self.now)
        while send_mailing_batch(worker, lambda: False):
            pass
        return [one.message for one in transport.sent]

    def recipients(self) -> list[str]:
        """Whom the mails that were waiting reached, in order."""
        return sorted(str(mail["To"]).partition("@")[0] for mail in self.mails())

    def states(self) -> dict[str, list[str]]:
        """State of every delivery, by the name it goes to."""
        found: dict[str, list[str]] = {}
        with self.database.read() as session:
            for one in session.scalars(select(Delivery).order_by(Delivery.id)):
                found.setdefault(one.address.partition("@")[0], []).append(one.state)
        return found


def text_of(mail: EmailMessage) -> str:
    """The text part."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def token_in(mail: EmailMessage, path: str) -> str:
    """The token of the link to `/<path>/` in a mail's text."""
    return text_of(mail).partition(f"/{path}/")[2].split()[0]
