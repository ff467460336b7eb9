"""A PDF with its pages and nothing else. What it cannot make safe it refuses: a person then prints it anew."""

from collections.abc import Iterator
from io import BytesIO
from zlib import compress

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, PdfObject, StreamObject

from fund.files.silence_marks import silence_marks
from fund.files.strip_jpeg import strip_jpeg
from fund.kit.errors import Refusal

MOST_PAGES = 2_000
NO_PDF = "This file is not a PDF that can be read."
_OF_PAGE = frozenset({
    "/Type", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents", "/Group", "/Annots",
})  # fmt: skip
_NEVER = frozenset({
    "/JS", "/JavaScript", "/AA", "/OpenAction", "/Metadata", "/PieceInfo", "/LastModified", "/AF", "/EF", "/Thumb",
    "/EmbeddedFiles", "/RichMediaContent", "/StructParent", "/StructParents", "/OPI", "/Alternates",
    "/Usage", "/ActualText", "/Alt", "/E",
})  # fmt: skip
_OF_ANNOTATION = frozenset({"/Type", "/Subtype", "/Rect", "/AP", "/AS", "/F", "/Border", "/BS", "/C"})
_DRAWN = frozenset({
    "/Link", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight", "/Underline",
    "/Squiggly", "/StrikeOut", "/Stamp", "/Caret", "/Ink", "/Widget",
})  # fmt: skip
"""Annotations that belong to what is seen. Notes, sounds, films and attached files do not."""
_NOT_SEEN = 2 | 32
"""Flags of an annotation: hidden, or not shown on a screen."""


def clean_pdf(content: bytes) -> bytes:
    """Only what its pages draw: no author, dates, scripts, attachments, comments or earlier revisions of the file.

    Raises Refusal for what is no PDF, is encrypted, or hides something that cleaning would bring to light.
    """
    if b"%PDF-" not in content[:1024]:
        raise Refusal(NO_PDF, field="file")
    try:
        cleaned = _rewritten(PdfReader(BytesIO(content)))
    except Refusal:
        raise
    except Exception as broken:  # the library raises whatever a broken file makes it stumble over
        raise Refusal(NO_PDF, field="file") from broken
    return cleaned


def _rewritten(reader: PdfReader) -> bytes:
    if reader.is_encrypted:
        raise Refusal("This PDF is encrypted. Save it without a password first.", field="file")
    if not 0 < len(reader.pages) <= MOST_PAGES:
        raise Refusal(NO_PDF, field="file")
    _refuse_hidden_layers(reader)
    writer = PdfWriter()
    seen: set[int] = set()
    for page in reader.pages:
        _keep_what_is_drawn(page)
        for part in _reached(page, seen):
            _clean(part)
        writer.add_page(page)
    writer.metadata = None
    kept = BytesIO()
    writer.write(kept)
    return kept.getvalue()


def _refuse_hidden_layers(reader: PdfReader) -> None:
    """Without the list of layers every one of them would show."""
    layers = reader.root_object.get("/OCProperties")
    if not isinstance(layers := _direct(layers), DictionaryObject):
        return
    shown = _direct(layers.get("/D"))
    if isinstance(shown, DictionaryObject) and (_direct(shown.get("/OFF")) or shown.get("/BaseState") == "/OFF"):
        raise Refusal("This PDF has hidden layers. Print it to a new PDF first.", field="file")


def _keep_what_is_drawn(page: PageObject) -> None:
    for name in ("/MediaBox", "/CropBox", "/Rotate", "/Resources"):
        inherited = _inherited(page, name)
        if name not in page and inherited is not None:
            page[NameObject(name)] = inherited
    listed = _direct(page.get("/Annots"))
    for name in [key for key in page if key not in _OF_PAGE and key != "/Parent"]:
        del page[name]
    kept = [note for raw in listed if (note := _annotation(_direct(raw)))] if isinstance(listed, ArrayObject) else []
    page.pop("/Annots", None)
    if kept:
        page[NameObject("/Annots")] = ArrayObject(kept)


def _inherited(page: PageObject, name: str) -> PdfObject | None:
    node, steps = page.get("/Parent"), 0
    while isinstance(found := _direct(node), DictionaryObject) and steps < 50:  # noqa: PLR2004  a tree in a circle
        if name in found:
            kept: PdfObject = found.raw_get(name)
            return kept
        node, steps = found.get("/Parent"), steps + 1
    return None


def _annotation(note: PdfObject | None) -> DictionaryObject | None:
    """As it is drawn, without who made it, when, and the words behind it; of a link its web address."""
    if not isinstance(note, DictionaryObject):
        return None
    kind = note.get("/Subtype")
    if kind == "/Redact":
        raise Refusal("This PDF has redactions that were only marked. Apply them first.", field="file")
    flags = _direct(note.get("/F"))
    if kind not in _DRAWN or (isinstance(flags, int) and flags & _NOT_SEEN):
        return None
    kept = DictionaryObject({NameObject(key): note.raw_get(key) for key in note if key in _OF_ANNOTATION})
    if kind == "/Link":
        action = _direct(note.get("/A"))
        if not isinstance(action, DictionaryObject) or action.get("/S") != "/URI" or "/URI" not in action:
            return None
        address = DictionaryObject({NameObject("/S"): NameObject("/URI"), NameObject("/URI"): action.raw_get("/URI")})
        kept[NameObject("/A")] = address
    return kept


def _reached(start: DictionaryObject, seen: set[int]) -> Iterator[DictionaryObject]:
    """Every dictionary and stream below, each once; never back up to the tree of pages."""
    waiting: list[PdfObject | None] = [value for key, value in start.items() if key != "/Parent"]
    while waiting:
        part = _direct(waiting.pop())
        if isinstance(part, DictionaryObject | ArrayObject) and id(part) not in seen:
            seen.add(id(part))
            if isinstance(part, DictionaryObject):
                yield part
            waiting.extend(part.values() if isinstance(part, DictionaryObject) else part)


def _clean(part: DictionaryObject) -> None:
    for name in _NEVER & part.keys():
        del part[name]
    if not isinstance(part, StreamObject):
        return
    if _only_filter(part) == "/DCTDecode":
        part._data = strip_jpeg(part._data)  # noqa: SLF001  the bytes as stored, which set_data would pack anew
    elif part.get("/Subtype", "/Form") == "/Form" and "/Length1" not in part:
        _silence(part)


def _silence(stream: StreamObject) -> None:
    """Of a page, a form, a pattern, a letter: whatever may be drawing instructions."""
    drawn = stream.get_data()
    kept = silence_marks(drawn)
    if kept != drawn:
        stream._data = compress(kept)  # noqa: SLF001  whatever it was packed with before
        stream[NameObject("/Filter")] = NameObject("/FlateDecode")
        stream.pop("/DecodeParms", None)


def _only_filter(stream: StreamObject) -> str:
    used = _direct(stream.get("/Filter"))
    if isinstance(used, ArrayObject) and len(used) == 1:
        used = _direct(used[0])
    return str(used)


def _direct(value: PdfObject | None) -> PdfObject | None:
    return None if value is None else value.get_object()
