from datetime import date

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fund.db.base import Base
from fund.db.types import EncryptedText, Localised, Minor, Moment, RawJson


class Campaign(Base):
    """One legal matter. Amounts are minor units of `currency`, which never changes; nor does `slug` after launch."""

    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    status: Mapped[str] = mapped_column(String(10), default="draft", index=True)
    """draft, open, paused, closed or archived."""
    currency: Mapped[str] = mapped_column(String(3))
    organiser_share: Mapped[Minor] = mapped_column(default=0)
    """What the organiser promises to pay; counts as paid only by an entry."""
    minimum_gift: Mapped[Minor]
    audience_size: Mapped[int | None]
    """How many members the organiser says the community has; shown as stated, never computed."""
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    opened_at: Mapped[Moment | None]
    closed_at: Mapped[Moment | None]
    hard_cap: Mapped[Minor | None]
    """Gifts stop once this much was raised; the last gift may pass it. None: no cap."""
    gifts_from: Mapped[Moment | None]
    """Before this moment no gift is taken; None: from launch."""
    gifts_until: Mapped[Moment | None]
    """From this moment on no gift is taken; None: until it is closed."""
    court: Mapped[Localised] = mapped_column(default=dict, server_default="{}")
    file_number: Mapped[str] = mapped_column(String(80), default="", server_default="")
    hours_billed_hundredths: Mapped[int] = mapped_column(default=0, server_default="0")
    """Hours of all standing bills, kept by who issues and reverses them; pages need it without reading bills."""

    texts: Mapped[list["CampaignText"]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    parties: Mapped[list["Party"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="Party.position"
    )
    demands: Mapped[list["Demand"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="Demand.position"
    )

    def text(self, locale: str) -> "CampaignText":
        """The texts in `locale`, else in the language that there is. A campaign has at least one."""
        by_locale = {text.locale: text for text in self.texts}
        return by_locale.get(locale) or self.texts[0]


class CampaignText(Base):
    """What a person reads, one row a language. Plain text except `story`, which is Markdown."""

    __tablename__ = "campaign_text"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    locale: Mapped[str] = mapped_column(String(2), primary_key=True)
    title: Mapped[str]
    kicker: Mapped[str] = mapped_column(default="")
    """The court, or where the matter stands: a few words above the title."""
    standfirst: Mapped[str]
    """Two or three sentences: who is threatened by whom, and what the money buys."""
    story: Mapped[str]
    if_we_win: Mapped[str]
    if_we_lose: Mapped[str]
    if_we_settle: Mapped[str]
    terms: Mapped[str] = mapped_column(default="", server_default="")
    """What a donor gets and does not get (no control, no stake); Markdown. Empty: the words that come with Retainer."""


class Party(Base):
    """A complainant, a respondent, or somebody else who was written to."""

    __tablename__ = "party"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    position: Mapped[int]
    side: Mapped[str] = mapped_column(String(12))
    """complainant, respondent or third_party."""
    name: Mapped[Localised]
    from_on: Mapped[date | None]
    """Since when it is in the matter; None: from the beginning."""
    until_on: Mapped[date | None]
    """The last day it was in the matter; None: it still is."""


class Demand(Base):
    """One thing the letter demands, in the order of the letter."""

    __tablename__ = "demand"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    position: Mapped[int]
    text: Mapped[Localised]
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    """When it was dropped; None: it stands."""


class FeeSchedule(Base):
    """What counsel is expected to bill: the source of the target. The newest version counts; old ones stay."""

    __tablename__ = "fee_schedule"
    __table_args__ = (UniqueConstraint("campaign_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    version: Mapped[int]
    created_at: Mapped[Moment]
    target: Mapped[Minor]
    """Kept beside the lines it was computed from, for lists; `rules.target` proves it. Stretch stages are not in it."""

    stages: Mapped[list["FeeStage"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="FeeStage.position"
    )
    lines: Mapped[list["FeeLine"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="FeeLine.position"
    )
    taxes: Mapped[list["FeeTax"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="FeeTax.position"
    )


class FeeStage(Base):
    """A step of the matter: demand letter, interim motion, trial, appeal ... A schedule may have none."""

    __tablename__ = "fee_stage"

    schedule_id: Mapped[int] = mapped_column(ForeignKey("fee_schedule.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[Localised]
    buys: Mapped[Localised]
    """What this stage gets done, in a sentence for donors."""
    stretch: Mapped[bool] = mapped_column(default=False)
    """Not part of the target: what gifts beyond it pay for next."""


class FeeLine(Base):
    """Either hours at a rate or a fixed cost, before tax."""

    __tablename__ = "fee_line"

    schedule_id: Mapped[int] = mapped_column(ForeignKey("fee_schedule.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(6))
    """hourly or fixed."""
    label: Mapped[Localised]
    rate: Mapped[Minor | None]
    """Minor units an hour; None for a fixed cost."""
    hours_hundredths: Mapped[int | None]
    """800 is eight hours; None for a fixed cost."""
    hours_high_hundredths: Mapped[int | None]
    """The high estimate, for a range; the target counts `hours_hundredths`, the low one."""
    amount: Mapped[Minor]
    """rate x hours rounded half up, or the fixed cost."""
    stage: Mapped[int] = mapped_column(default=0, server_default="0")
    """Position of its stage in the schedule; 0 as well where the schedule has no stages."""
    tax_included: Mapped[bool] = mapped_column(default=False, server_default="0")
    """The price holds its taxes already: they are shown, and not added."""

    taxes: Mapped[list["FeeLineTax"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="FeeLineTax.tax_position"
    )


class FeeTax(Base):
    """A tax by name, so that a page can say GST and QST."""

    __tablename__ = "fee_tax"

    schedule_id: Mapped[int] = mapped_column(ForeignKey("fee_schedule.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    rate_ppm: Mapped[int]
    """Millionths: 9.975 % is 99,750."""
    compound: Mapped[bool] = mapped_column(default=False, server_default="0")
    """On the price and the taxes before it, not on the price alone."""


class FeeLineTax(Base):
    """That a tax applies to a line. Several taxes may stand on one line, each on the same base."""

    __tablename__ = "fee_line_tax"
    __table_args__ = (
        ForeignKeyConstraint(["schedule_id", "line_position"], ["fee_line.schedule_id", "fee_line.position"]),
        ForeignKeyConstraint(["schedule_id", "tax_position"], ["fee_tax.schedule_id", "fee_tax.position"]),
    )

    schedule_id: Mapped[int] = mapped_column(primary_key=True)
    line_position: Mapped[int] = mapped_column(primary_key=True)
    tax_position: Mapped[int] = mapped_column(primary_key=True)


class SurplusPolicy(Base):
    """What happens to money that is left over; each gift remembers the version it was given under."""

    __tablename__ = "surplus_policy"
    __table_args__ = (UniqueConstraint("campaign_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    """refund, charity, next_stage or other_matter."""
    text: Mapped[Localised]
    decided_at: Mapped[Moment]


class Counsel(Base):
    """A lawyer of the matter, from and to. Successors are rows of their own; nobody is renamed into another."""

    __tablename__ = "counsel"
    __table_args__ = (UniqueConstraint("campaign_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    """Part of its trust account's name, `assets:trust:<campaign>:<key>`; made of the name once, never changed."""
    name: Mapped[str] = mapped_column(String(140))
    firm: Mapped[str] = mapped_column(String(140), default="")
    email: Mapped[str | None] = mapped_column(EncryptedText("counsel.email"))
    """Where texts to review are sent; never shown."""
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    consented_on: Mapped[date | None]
    """When counsel agreed to be named and paid in public."""
    created_at: Mapped[Moment]


class Revision(Base):
    """One public change of terms after launch, with its reason. Never edited, never removed."""

    __tablename__ = "campaign_revision"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    """schedule, policy, share, counsel, parties or limits."""
    reason: Mapped[Localised]
    before: Mapped[RawJson]
    """What stood before, as plain public values (minor units, names, dates); its shape belongs to the kind."""
    after: Mapped[RawJson]
    schedule_version: Mapped[int | None]
    policy_version: Mapped[int | None]
    made_at: Mapped[Moment]
    made_by: Mapped[str] = mapped_column(String(40))
    """The actor as in the audit log; not shown to the public."""


class TimelineEvent(Base):
    """Something that happened in the case, or is going to. Public once published; withdrawn ones leave no trace."""

    __tablename__ = "timeline_event"
    __table_args__ = (Index("ix_timeline_event_shown", "campaign_id", "state", "happens_on", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[str] = mapped_column(String(12))
    """letter, filing, hearing, order, appeal, settlement or other."""
    happens_on: Mapped[date]
    happens_at: Mapped[Moment | None]
    """The moment, where one is set (a hearing); None: the whole day."""
    zone: Mapped[str] = mapped_column(String(40), default="UTC")
    """Where the court sits: its time is shown there, and `happens_on` is the day there."""
    title: Mapped[Localised]
    text: Mapped[Localised]
    court: Mapped[Localised]
    file_number: Mapped[str] = mapped_column(String(80), default="")
    outcome: Mapped[Localised]
    file_id: Mapped[str | None] = mapped_column(ForeignKey("stored_file.id"))
    state: Mapped[str] = mapped_column(String(9), default="draft")
    """draft, published or withdrawn."""
    created_at: Mapped[Moment]
    edited_at: Mapped[Moment]
    published_at: Mapped[Moment | None]


class LaunchStep(Base):
    """What a person has to see to before launch, done or waived with a reason. No row: open."""

    __tablename__ = "launch_step"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    state: Mapped[str] = mapped_column(String(6))
    """done or waived."""
    reason: Mapped[str] = mapped_column(default="")
    """Why it was waived, or a note of what was done."""
    settled_by: Mapped[str] = mapped_column(String(40))
    settled_at: Mapped[Moment]
