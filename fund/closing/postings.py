"""Which postings the end of a campaign makes. Pure; a negative amount takes an earlier entry back."""

from fund.ledger.rules import Line, line, lines


def cost_assigned(amount: int, currency: str, *, slug: str) -> list[Line]:
    """A part of what Stripe kept of the site as a whole becomes this campaign's."""
    return lines(line(f"exp:processing:{slug}", amount, currency), line("exp:stripe_other", -amount, currency))


def passed_to_charity(amount: int, currency: str, *, slug: str) -> list[Line]:
    return lines(
        line(f"passed_on:{slug}", amount, currency),
        line(f"assets:bank:{currency.lower()}", -amount, currency),
    )


def passed_to_campaign(amount: int, currency: str, *, slug: str) -> list[Line]:
    """The entry of the campaign that gives; `received_from_campaign` is the other's."""
    return lines(line(f"passed_on:{slug}", amount, currency), line("funds_transfer", -amount, currency))


def received_from_campaign(amount: int, currency: str, *, slug: str) -> list[Line]:
    return lines(line("funds_transfer", amount, currency), line(f"passed_on:{slug}", -amount, currency))
