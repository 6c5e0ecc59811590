"""The hybrid invoice: a PDF/A-3 for people with the XML for programs inside (Factur-X 1.0 = ZUGFeRD 2).

typst makes the PDF/A-3 and puts the XML into it. What it cannot write is the standard's own block of metadata, so that
is appended as an incremental update (ISO 32000-1, 7.5.6), which leaves every byte before it as it was.
"""

import io
import re
from typing import Final, cast

from pypdf import PdfReader
from pypdf.generic import IndirectObject, StreamObject

_NAMESPACE: Final = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_PROPERTIES: Final = (
    ("DocumentFileName", "factur-x.xml", "The name of the embedded XML document"),
    ("DocumentType", "INVOICE", "The type of the hybrid document in capital letters, e.g. INVOICE or ORDER"),
    ("Version", "1.0", "The actual version of the standard applying to the embedded XML document"),
    ("ConformanceLevel", "EN 16931", "The conformance level of the embedded XML document"),
)
_FACTS: Final = (
    f'<rdf:Description rdf:about="" xmlns:fx="{_NAMESPACE}">'
    + "".join(f"<fx:{name}>{value}</fx:{name}>" for name, value, _ in _PROPERTIES)
    + "</rdf:Description>"
)
_SCHEMA: Final = (
    '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>'
    f"<pdfaSchema:namespaceURI>{_NAMESPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
    "<pdfaSchema:property><rdf:Seq>"
    + "".join(
        '<rdf:li rdf:parseType="Resource"><pdfaProperty:category>external</pdfaProperty:category>'
        f"<pdfaProperty:description>{description}</pdfaProperty:description>"
        f"<pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType></rdf:li>"
        for name, _, description in _PROPERTIES
    )
    + "</rdf:Seq></pdfaSchema:property></rdf:li>"
)
_END_OF_SCHEMAS: Final = "</rdf:Bag></pdfaExtension:schemas>"
_START: Final = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")


def with_factur_x_metadata(pdf: bytes) -> bytes:
    """Return a PDF/A-3 of typst that says of itself what Factur-X asks for. The same bytes make the same bytes."""
    reader = PdfReader(io.BytesIO(pdf))
    catalog = reader.root_object
    reference = catalog.raw_get("/Metadata")
    stated = cast("StreamObject", catalog["/Metadata"]).get_data().decode()
    start = _START.search(pdf)
    if not isinstance(reference, IndirectObject) or start is None or _END_OF_SCHEMAS not in stated:
        raise ValueError("this is not a PDF/A as typst writes it")
    said = stated.replace(_END_OF_SCHEMAS, _SCHEMA + _END_OF_SCHEMAS, 1).replace("</rdf:RDF>", _FACTS + "</rdf:RDF>", 1)
    metadata = said.encode()
    gap = b"" if pdf.endswith(b"\n") else b"\n"
    offset = len(pdf) + len(gap)
    update = b"%d 0 obj\n<</Length %d/Type/Metadata/Subtype/XML>>\nstream\n%s\nendstream\nendobj\n" % (
        reference.idnum,
        len(metadata),
        metadata,
    )
    table = b"xref\n%d 1\n%010d 00000 n\r\n" % (reference.idnum, offset)
    trailer = b"trailer\n<<%s/Prev %s>>\nstartxref\n%d\n%%%%EOF\n" % (
        _trailer_entries(pdf),
        start.group(1),
        offset + len(update),
    )
    return pdf + gap + update + table + trailer


def _trailer_entries(pdf: bytes) -> bytes:
    """Return what the last trailer says, which the new one repeats: size, root, info and the file's identity."""
    begin = pdf.rindex(b"trailer\n<<") + len(b"trailer\n<<")
    return pdf[begin : pdf.index(b">>\nstartxref", begin)]
