from sqlalchemy import select, update

from fund.audit.models import AuditEntry
from fund.mail.models import Delivery, Mailing
from fund.mail.resume_mailing import resume_mailing
from fund.members.models import Member
from fund.updates.check_complaints import check_complaints
from tests.fund.updates.newsroom import Newsroom, text_of


def complain(newsroom: Newsroom, *, count: int = 1) -> bool:
    """As `record_report` leaves it."""
    with newsroom.database.write() as session:
        mailing = session.scalars(select(Mailing)).one()
        mailing.complaints += count
        return check_complaints(
            session, newsroom.queue, newsroom.sender, newsroom.addresses, mailing_id=mailing.id, now=newsroom.now
        )


def mailing_to(newsroom: Newsroom, count: int) -> int:
    """Published, written down, all but one of them sent."""
    for number in range(count):
        newsroom.member(f"m{number}")
    newsroom.publish(newsroom.draft())
    newsroom.fill()
    with newsroom.database.write() as session:
        last = select(Delivery.id).order_by(Delivery.id.desc()).limit(1).scalar_subquery()
        session.execute(update(Delivery).where(Delivery.id != last).values(state="sent"))
        session.execute(update(Member).where(Member.id == 1).values(role="owner"))
        return session.scalars(select(Mailing.id)).one()


def state(newsroom: Newsroom) -> tuple[str, str]:
    with newsroom.database.read() as session:
        mailing = session.scalars(select(Mailing)).one()
        return mailing.state, mailing.pause_reason


def test_more_than_one_in_a_thousand_stops_it_and_tells_the_owners(newsroom: Newsroom) -> None:
    mailing = mailing_to(newsroom, 20)
    assert complain(newsroom)
    assert state(newsroom) == ("paused", "complaints")
    (told,) = (mail for mail in newsroom.mails() if "stopped" in str(mail["Subject"]))
    assert told["To"] == "m0@example.org"
    assert f"https://fund.example/desk/mail/{mailing}" in text_of(told)
    assert not complain(newsroom), "it is stopped already"
    with newsroom.database.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "pause_mailing")).one()
    assert (entry.actor, entry.after["reason"]) == ("worker", "complaints")


def test_after_somebody_went_on_only_further_complaints_stop_it_again(newsroom: Newsroom) -> None:
    mailing = mailing_to(newsroom, 20)
    complain(newsroom)
    with newsroom.database.write() as session:
        resume_mailing(session, newsroom.queue, mailing_id=mailing, actor="member:1", now=newsroom.now)
    assert not complain(newsroom, count=0)
    assert state(newsroom) == ("sending", "")
    assert complain(newsroom)
    assert state(newsroom) == ("paused", "complaints")
