"""PDFs as people have them: with authors, scripts, attachments, comments and layers."""

from io import BytesIO
from typing import Any

from fpdf import FPDF
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

SECRET = "Maître Secret"


def plain_pdf(*lines: str) -> bytes:
    document = FPDF()
    for line in lines or ("The answer to the letters",):
        document.add_page()
        document.set_font("helvetica", size=12)
        document.cell(text=line)
    return bytes(document.output())


def changed(content: bytes, change: Any) -> bytes:
    """`change` gets the writer of a copy."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(content)))
    change(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def text_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]


def objects_of(content: bytes) -> str:
    """Everything that the file holds, unpacked and reachable or not, as one text to search in."""
    reader = PdfReader(BytesIO(content))
    parts = [content.decode("latin-1"), repr(reader.trailer)]
    for number in range(1, int(str(reader.trailer["/Size"]))):
        found = reader.get_object(number)
        parts.append(repr(found))
        if isinstance(found, StreamObject):
            parts.append(found.get_data().decode("latin-1"))
    return "\n".join(parts)


def talkative(writer: PdfWriter) -> None:
    """All that a PDF can say besides its pages."""
    writer.add_metadata({"/Author": SECRET, "/Title": SECRET, "/Producer": SECRET})
    writer.xmp_metadata = f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{SECRET}</x:xmpmeta>'.encode()
    script = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(SECRET)}
    )
    writer.root_object[NameObject("/OpenAction")] = script
    writer.add_attachment("notes.txt", SECRET.encode())
    writer.add_outline_item(title=SECRET, page_number=0)
    page = writer.pages[0]
    page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): script})
    page[NameObject("/PieceInfo")] = DictionaryObject({NameObject("/X"): TextStringObject(SECRET)})
    note(writer, "/Text", Contents=SECRET, T=SECRET)
    note(writer, "/Square", Contents=SECRET, T=SECRET)
    note(writer, "/FileAttachment", Contents=SECRET)
    note(writer, "/Stamp", DA=SECRET)[NameObject("/F")] = NumberObject(2)
    note(writer, "/Link", T=SECRET)
    link = note(writer, "/Link", T=SECRET)
    link[NameObject("/A")] = DictionaryObject(
        {NameObject("/S"): NameObject("/URI"), NameObject("/URI"): TextStringObject("https://court.example/file")}
    )


def note(writer: PdfWriter, kind: str, **words: str) -> DictionaryObject:
    made = DictionaryObject({
        NameObject("/Type"): NameObject("/Annot"),
        NameObject("/Subtype"): NameObject(kind),
        NameObject("/Rect"): ArrayObject([NumberObject(value) for value in (10, 10, 90, 90)]),
        **{NameObject(f"/{name}"): TextStringObject(text) for name, text in words.items()},
    })  # fmt: skip
    page = writer.pages[0]
    listed = page.get("/Annots")
    kept: list[PdfObject] = list(listed.get_object()) if listed is not None else []
    page[NameObject("/Annots")] = ArrayObject([*kept, made])
    return made


def mark_up(writer: PdfWriter) -> None:
    """Marks with words of their own around what is drawn, on the spot and by name."""
    page = writer.pages[0]
    named = {name: TextStringObject(SECRET) for name in map(NameObject, ("/ActualText", "/Alt", "/E"))}
    resources = page["/Resources"]
    assert isinstance(resources, DictionaryObject)
    resources[NameObject("/Properties")] = DictionaryObject({NameObject("/P0"): DictionaryObject(named)})
    drawn = page["/Contents"].get_object()
    assert isinstance(drawn, StreamObject)
    words = f"/Span <</ActualText ({SECRET})>> BDC /Span /P0 BDC\n".encode("latin-1")
    drawn.set_data(words + drawn.get_data() + b"\nEMC EMC")


def hide_a_layer(writer: PdfWriter) -> None:
    layer = DictionaryObject({NameObject("/Type"): NameObject("/OCG"), NameObject("/Name"): TextStringObject("Notes")})
    shown = DictionaryObject({NameObject("/OFF"): ArrayObject([layer])})
    writer.root_object[NameObject("/OCProperties")] = DictionaryObject(
        {NameObject("/OCGs"): ArrayObject([layer]), NameObject("/D"): shown}
    )


def revised(content: bytes) -> bytes:
    """A later revision, appended as editors do when they save: its page is empty, the old words are still there."""
    reader = PdfReader(BytesIO(content))
    number, root = (reader.pages[0].raw_get("/Contents").idnum, reader.trailer.raw_get("/Root").idnum)
    drawn = b"%d 0 obj\n<< /Length 0 >>\nstream\n\nendstream\nendobj\n" % number
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, len(content))
    size, before = reader.trailer["/Size"], content[content.rindex(b"startxref") :].split()[1]
    trailer = f"trailer\n<< /Size {size} /Root {root} 0 R /Prev {before.decode()} >>\n".encode()
    return content + drawn + table + trailer + b"startxref\n%d\n%%%%EOF\n" % (len(content) + len(drawn))
