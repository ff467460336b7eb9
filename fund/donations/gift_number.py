from fund.donations.models import Donation


def gift_number(donation: Donation) -> str:
    """What donor and treasurer call a gift: the first eight digits of its id."""
    return donation.id[:8].upper()
