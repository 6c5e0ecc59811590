"""E-invoice data as XML, always checked against the XSD of its format."""

from copy import deepcopy
from typing import Any, Final

from facturx import generate_cii_xml, generate_ubl_xml, xml_check_xsd
from lxml import etree

Data = dict[str, Any]
XRECHNUNG: Final = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
PEPPOL_BILLING: Final = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
NOT_APPLICABLE: Final = "NA"  # UBL has our order's number only beside the buyer's; so says Peppol BIS Billing 3
_EN_16931: Final = "en16931"
_UNCHECKED: Final = {"check_xsd": False, "check_schematron": None}
_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_CUSTOMIZATION: Final = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}CustomizationID"


def factur_x_xml(data: Data) -> bytes:
    """Return the data as Cross Industry Invoice in the profile EN 16931 of Factur-X/ZUGFeRD."""
    root = etree.fromstring(generate_cii_xml(deepcopy(data), level=_EN_16931, **_UNCHECKED))
    for element in root.iter(etree.Element):
        if _NIL in element.attrib:  # the package marks an empty group so, which its XSD does not allow
            del element.attrib[_NIL]
    return _checked(root)


def xrechnung_xml(data: Data) -> bytes:
    """Return the data as XRechnung 3.0 in UBL, an Invoice or a CreditNote."""
    terms = {**deepcopy(data), "BT-23": PEPPOL_BILLING}
    if "BT-14" in terms:
        terms.setdefault("BT-13", NOT_APPLICABLE)
    if "#" in terms.get("BT-20", ""):
        terms["BT-20"] += "\n"  # after a cash discount the line must end (BR-DE-18)
    root = etree.fromstring(generate_ubl_xml(terms, level=_EN_16931, **_UNCHECKED))
    identifier = root.find(_CUSTOMIZATION)
    if identifier is None:
        raise ValueError("the UBL names no specification")
    identifier.text = XRECHNUNG  # the package writes only the plain standard's
    return _checked(root)


def _checked(root: "etree._Element") -> bytes:
    xml_check_xsd(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
