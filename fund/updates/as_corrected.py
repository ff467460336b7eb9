from fund.updates.live_blocks import fill_blocks
from fund.updates.models import Correction, Said, Update


def as_corrected(update: Update, correction: Correction) -> list[Said]:
    """What a prepared correction would show, in each language."""
    return [
        Said(locale, words["title"], fill_blocks(words["body"], update.figures, locale))
        for locale, words in sorted(correction.words.items())
    ]
