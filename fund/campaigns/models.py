from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fund.db.base import Base
from fund.db.types import Localised, Minor, Moment


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


class Party(Base):
    """A complainant, a respondent, or somebody else who was written to."""

    __tablename__ = "party"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    position: Mapped[int]
    side: Mapped[str] = mapped_column(String(12))
    """complainant, respondent or third_party."""
    name: Mapped[Localised]


class Demand(Base):
    """One thing the letter demands, in the order of the letter."""

    __tablename__ = "demand"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    position: Mapped[int]
    text: Mapped[Localised]


class FeeSchedule(Base):
    """What counsel is expected to bill: the source of the target. The newest version counts; old ones stay."""

    __tablename__ = "fee_schedule"
    __table_args__ = (UniqueConstraint("campaign_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    version: Mapped[int]
    created_at: Mapped[Moment]
    target: Mapped[Minor]
    """Kept beside the lines it was computed from, for lists; `rules.target` proves it."""

    lines: Mapped[list["FeeLine"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="FeeLine.position"
    )
    taxes: Mapped[list["FeeTax"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="FeeTax.position"
    )


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
    amount: Mapped[Minor]
    """rate x hours rounded half up, or the fixed cost."""

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
