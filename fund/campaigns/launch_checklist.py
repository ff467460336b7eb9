"""What a launch needs: what the program can see for itself, and what a person has to see to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fund.campaigns.models import Campaign, Counsel, LaunchStep
from fund.campaigns.queries import current_policy, current_schedule
from fund.campaigns.rules import members_part

N_ = str

STEPS = {
    "processor_approval": N_(
        "Stripe has approved this use in writing. It allows no donations for some purposes and in some countries, and "
        "it can hold money for months: ask before, keep the answer."
    ),
    "settlement_currency": N_("Stripe settles the campaign’s currency without converting it."),
    "statement_descriptor": N_(
        "What card statements will show is a name that donors recognise, and tells others nothing about the case."
    ),
    "mail_authentication": N_(
        "SPF, DKIM and DMARC stand for the domain that mail comes from, and a test mail arrived at two large providers."
    ),
    "privacy_text": N_("The privacy page was read, and what it says is true of this site."),
    "counsel_consent": N_(
        "Counsel agreed to be named and paid in public. Counsel entered with the day of consent settles this."
    ),
    "backup_tried": N_("A backup was made, and restored on another machine."),
    "purpose_text": N_("The terms paragraph was read: no control, no stake, no liability promised."),
}
"""By name, what a person settles: done, or waived with a reason. In the order of the page."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing a launch needs: `sentence` says what, for the person who will see to it."""

    name: str
    done: bool
    sentence: str
    by_person: bool = False
    waived: bool = False
    reason: str = ""
    settled_by: str = ""
    settled_at: datetime | None = None


def launch_checklist(session: Session, campaign: Campaign) -> list[Check]:
    return [*_seen_by_the_program(session, campaign), *_seen_by_people(session, campaign)]


def _seen_by_the_program(session: Session, campaign: Campaign) -> list[Check]:
    schedule = current_schedule(session, campaign.id)
    policy = current_policy(session, campaign.id)
    part = members_part(schedule.target, campaign.organiser_share)
    texts = campaign.texts
    stakes = all(text.if_we_win and text.if_we_lose and text.if_we_settle for text in texts)
    return [
        Check(
            "surplus_policy",
            policy is not None and all(policy.text.get(text.locale) for text in texts),
            "Say what happens to a surplus, in every language of the campaign.",
        ),
        Check(
            "fee_schedule",
            part > 0,
            "The organiser’s share leaves nothing for the members to give."
            if schedule.target and not part
            else "Enter the fee schedule: the target and the members’ part come from it.",
        ),
        Check(
            "texts",
            bool(texts) and all(text.title and text.standfirst and text.story for text in texts),
            "Write title, opening lines and story in every language of the campaign.",
        ),
        Check("stakes", bool(texts) and stakes, "Say what it means if you win, if you lose and if you settle."),
        Check("parties", bool(campaign.parties), "Name who is threatened and by whom."),
        Check("demands", bool(campaign.demands), "List what the letters demand."),
    ]


def _seen_by_people(session: Session, campaign: Campaign) -> list[Check]:
    settled = {
        step.name: step for step in session.scalars(select(LaunchStep).where(LaunchStep.campaign_id == campaign.id))
    }
    found = []
    for name, sentence in STEPS.items():
        step = settled.get(name)
        if step is None:
            found.append(Check(name, name == "counsel_consent" and _counsel_agreed(session, campaign), sentence, True))
            continue
        found.append(
            Check(
                name,
                done=True,
                sentence=sentence,
                by_person=True,
                waived=step.state == "waived",
                reason=step.reason,
                settled_by=step.settled_by,
                settled_at=step.settled_at,
            )
        )
    return found


def _counsel_agreed(session: Session, campaign: Campaign) -> bool:
    agreed = select(Counsel.id).where(Counsel.campaign_id == campaign.id, Counsel.consented_on.is_not(None)).limit(1)
    return session.execute(agreed).first() is not None
