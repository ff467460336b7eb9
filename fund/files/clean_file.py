"""A file that somebody sent, made safe: takes up to seconds, so it is done before a transaction begins."""

from dataclasses import dataclass

from fund.files.keep_pdf import check_size


@dataclass(frozen=True, slots=True)
class CleanFile:
    """Only what a picture shows, or a document's pages draw."""

    content: bytes
    media_type: str
    suffix: str


def clean_file(content: bytes) -> CleanFile:
    """A picture or a PDF, by what it is and not by what it is called.

    Raises Refusal on `file` for what is empty, over 10 MB, neither of the two, or hides what cleaning would show.
    """
    check_size(content)
    return _clean_pdf(content) if b"%PDF-" in content[:1024] else _clean_image(content)


def _clean_pdf(content: bytes) -> CleanFile:
    from fund.files.clean_pdf import clean_pdf  # noqa: PLC0415  as much as drawing loads, and as seldom needed

    return CleanFile(clean_pdf(content), "application/pdf", "pdf")


def _clean_image(content: bytes) -> CleanFile:
    from fund.files.clean_image import clean_image  # noqa: PLC0415  as above

    cleaned = clean_image(content)
    return CleanFile(cleaned.content, cleaned.media_type, cleaned.suffix)
