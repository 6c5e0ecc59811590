"""E-invoice data as XML, always checked against the XSD of its format."""

from collections.abc import Mapping, Sequence
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
_CII_MEANS: Final = {
    "means": "{*}SpecifiedTradeSettlementPaymentMeans",
    "BT-84": "{*}PayeePartyCreditorFinancialAccount/{*}IBANID",
    "BT-85": "{*}PayeePartyCreditorFinancialAccount/{*}AccountName",
    "BT-86": "{*}PayeeSpecifiedCreditorFinancialInstitution/{*}BICID",
}
_UBL_MEANS: Final = {
    "means": "{*}PaymentMeans",
    "BT-84": "{*}PayeeFinancialAccount/{*}ID",
    "BT-85": "{*}PayeeFinancialAccount/{*}Name",
    "BT-86": "{*}PayeeFinancialAccount/{*}FinancialInstitutionBranch/{*}ID",
}
_CUSTOMIZATION: Final = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}CustomizationID"


def factur_x_xml(data: Data) -> bytes:
    """Return the data as Cross Industry Invoice in the profile EN 16931 of Factur-X/ZUGFeRD."""
    terms, accounts = _without_accounts(data)
    root = etree.fromstring(generate_cii_xml(terms, level=_EN_16931, **_UNCHECKED))
    _repeat_accounts(root, _CII_MEANS, accounts)
    for element in root.iter(etree.Element):
        if _NIL in element.attrib:  # the package marks an empty group so, which its XSD does not allow
            del element.attrib[_NIL]
    return _checked(root)


def xrechnung_xml(data: Data) -> bytes:
    """Return the data as XRechnung 3.0 in UBL, an Invoice or a CreditNote."""
    terms, accounts = _without_accounts({**data, "BT-23": PEPPOL_BILLING})
    if "BT-14" in terms:
        terms.setdefault("BT-13", NOT_APPLICABLE)
    if "#" in terms.get("BT-20", ""):
        terms["BT-20"] += "\n"  # after a cash discount the line must end (BR-DE-18)
    root = etree.fromstring(generate_ubl_xml(terms, level=_EN_16931, **_UNCHECKED))
    _repeat_accounts(root, _UBL_MEANS, accounts)
    identifier = root.find(_CUSTOMIZATION)
    if identifier is None:
        raise ValueError("the UBL names no specification")
    identifier.text = XRECHNUNG  # the package writes only the plain standard's
    return _checked(root)


def _without_accounts(data: Data) -> tuple[Data, list[Data]]:
    """Return the data as the package takes them, with one account, and the further accounts (BG-17)."""
    terms = deepcopy(data)
    return terms, terms.pop("BG-17", [])


def _repeat_accounts(root: "etree._Element", means: Mapping[str, str], accounts: Sequence[Data]) -> None:
    """Write the further accounts, which the package cannot: each as the first way to pay over again."""
    first = root.find(f".//{means['means']}")
    if first is None:
        return
    last = first
    for account in accounts:
        copy = deepcopy(first)
        for term in ("BT-84", "BT-85", "BT-86"):
            element = copy.find(means[term])
            if element is not None and account.get(term):
                element.text = account[term]
            elif element is not None:
                _remove(element, within=copy)
        last.addnext(copy)
        last = copy


def _remove(element: "etree._Element", *, within: "etree._Element") -> None:
    """Take an element out, and what is empty without it."""
    parent = element.getparent()
    if parent is None:
        return
    parent.remove(element)
    if not len(parent) and parent is not within:
        _remove(parent, within=within)


def _checked(root: "etree._Element") -> bytes:
    xml_check_xsd(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
