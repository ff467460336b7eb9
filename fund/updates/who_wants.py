from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.db.types import address_indexes
from fund.updates.models import OptIn, OptOut
from fund.updates.recipients import Person
from fund.updates.rules import ASKED_FOR


def who_wants(session: Session, people: Sequence[Person], *, campaign_id: int | None, topic: str) -> list[Person]:
    """Without whoever left the topic; of what has to be asked for, only those who asked, with the day they did.

    Addresses are looked for under every key there is: rows of addresses that are not kept cannot be written anew.
    """
    indexes = [address_indexes(person.address) for person in people]
    every = {index for of_one in indexes for index in of_one}
    left = select(OptOut.address_index).where(
        OptOut.address_index.in_(every), OptOut.campaign_id.in_((0, campaign_id)), OptOut.topic == topic
    )
    out = set(session.scalars(left))
    staying = [(person, of_one) for person, of_one in zip(people, indexes, strict=True) if out.isdisjoint(of_one)]
    if topic not in ASKED_FOR:
        return [person for person, _ in staying]
    wished = select(OptIn.address_index, OptIn.since).where(
        OptIn.address_index.in_(every), OptIn.campaign_id == campaign_id, OptIn.topic == topic
    )
    asked = dict(session.execute(wished).all())
    return [
        replace(person, asked_at=max(asked[index] for index in of_one if index in asked))
        for person, of_one in staying
        if not asked.keys().isdisjoint(of_one)
    ]
