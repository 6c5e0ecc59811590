"""What reports call things, in English and German. German titles follow §§ 266 and 275 HGB."""

from typing import Literal

from django.utils.translation import get_language

from backfill.tenancy.models import Company

Language = Literal["en", "de"]

GERMAN_SPEAKING = frozenset({"AT", "DE", "LI"})


def language_of(company: Company) -> Language:
    return "de" if company.country in GERMAN_SPEAKING else "en"


def readers_language(company: Company, chosen: str) -> Language:
    """Return the language of whoever reads a page. Who has not `chosen` English themselves reads German books in the
    words of §§ 266 and 275 HGB."""
    if (get_language() or "").startswith("de"):
        return "de"
    return "en" if chosen else language_of(company)


def title(key: str, language: Language) -> str:
    """The title of a section, column or report; the key itself in words where nobody named it."""
    named = _TITLES.get(key)
    if named is None:
        return key.rpartition(".")[2].replace("_", " ").capitalize()
    return named[0] if language == "en" else named[1]


_TITLES: dict[str, tuple[str, str]] = {
    # Reports
    "trial_balance": ("Trial balance", "Summen- und Saldenliste"),
    "balance_sheet": ("Balance sheet", "Bilanz"),
    "income_statement": ("Income statement", "Gewinn- und Verlustrechnung"),
    "account_sheet": ("Account sheet", "Kontenblatt"),
    "ageing": ("Receivables ageing", "Forderungen nach Fälligkeit"),
    "customer_statement": ("Statement of account", "Kontoauszug"),
    "as_of": ("As of {day}", "zum {day}"),
    "from_to": ("{start} to {end}", "{start} bis {end}"),
    "amounts_in": ("Amounts in {currency}", "Beträge in {currency}"),
    "printed": ("Printed {at}", "Gedruckt am {at}"),
    "page_of": ("Page {page} of {pages}", "Seite {page} von {pages}"),
    "vat_id": ("VAT ID", "USt-IdNr."),
    "tax_number": ("Tax no.", "Steuernr."),
    # Columns
    "code": ("Account", "Konto"),
    "name": ("Name", "Bezeichnung"),
    "opening_debit": ("Opening debit", "Anfangssaldo Soll"),
    "opening_credit": ("Opening credit", "Anfangssaldo Haben"),
    "period_debit": ("Debits", "Verkehrszahlen Soll"),
    "period_credit": ("Credits", "Verkehrszahlen Haben"),
    "debit": ("Closing debit", "Saldo Soll"),
    "credit": ("Closing credit", "Saldo Haben"),
    "change": ("Change", "Veränderung"),
    "total": ("Total", "Summe"),
    "total_of": ("Total {section}", "Summe {section}"),
    "ageing.customer": ("Customer", "Kunde"),
    "ageing.current": ("Not due", "Nicht fällig"),
    "ageing.days_1_30": ("1–30 days", "1–30 Tage"),
    "ageing.days_31_60": ("31–60 days", "31–60 Tage"),
    "ageing.days_61_90": ("61–90 days", "61–90 Tage"),
    "ageing.over_90": ("Over 90 days", "Über 90 Tage"),
    "ageing.credits": ("Credits", "Guthaben"),
    "ageing.balance": ("Balance", "Saldo"),
    "statement.date": ("Date", "Datum"),
    "statement.name": ("Document", "Beleg"),
    "statement.due_date": ("Due", "Fällig"),
    "statement.charged": ("Charged", "Belastung"),
    "statement.credited": ("Credited", "Gutschrift"),
    "statement.balance": ("Balance", "Saldo"),
    "statement.opening": ("Opening balance", "Anfangssaldo"),
    "statement.closing": ("Closing balance", "Endsaldo"),
    "statement.invoice": ("Invoice {number}", "Rechnung {number}"),
    "statement.payment": ("Payment {number}", "Zahlung {number}"),
    "statement.credit_memo": ("Credit memo {number}", "Rechnungskorrektur {number}"),
    "statement.refund_receipt": ("Refund {number}", "Erstattung {number}"),
    "statement.settlement": ("Settlement {number}", "Ausgleich {number}"),
    "statement.entry": ("Booking {number}", "Buchung {number}"),
    "statement.void": ("{document}, voided", "{document}, storniert"),
    # Sections by type
    "assets": ("Assets", "Aktiva"),
    "liabilities": ("Liabilities", "Fremdkapital"),
    "equity": ("Equity", "Eigenkapital"),
    "liabilities_and_equity": ("Liabilities and equity", "Passiva"),
    "revenue": ("Revenue", "Erträge"),
    "expenses": ("Expenses", "Aufwendungen"),
    # Derived figures
    "customer_credits": ("Customers in credit", "Kreditorische Debitoren"),
    "unclosed_result": (
        "Retained earnings {year} (not yet closed)",
        "Ergebnisvortrag {year} (noch nicht abgeschlossen)",
    ),
    "results": ("Results not yet closed", "Noch nicht abgeschlossene Ergebnisse"),
    "current_result": ("Result of the fiscal year", "Jahresüberschuss/Jahresfehlbetrag"),
    "gross_profit": ("Gross profit", "Rohergebnis"),
    "operating_result": ("Operating result", "Betriebsergebnis"),
    "result_before_taxes": ("Result before taxes", "Ergebnis vor Steuern"),
    "net_income": ("Net income", "Jahresüberschuss/Jahresfehlbetrag"),
    # Headings of the balance sheet
    "current_assets": ("Current assets", "Umlaufvermögen"),
    "non_current_assets": ("Non-current assets", "Anlagevermögen"),
    "payable_liabilities": ("Liabilities", "Verbindlichkeiten"),
    # Report groups
    "group.intangible_assets": ("Intangible assets", "Immaterielle Vermögensgegenstände"),
    "group.fixed_assets": ("Property, plant and equipment", "Sachanlagen"),
    "group.financial_assets": ("Financial assets", "Finanzanlagen"),
    "group.inventory": ("Inventory", "Vorräte"),
    "group.receivables": ("Trade receivables", "Forderungen aus Lieferungen und Leistungen"),
    "group.tax_receivable": ("Tax receivables", "Steuerforderungen und Vorsteuer"),
    "group.other_assets": ("Other assets", "Sonstige Vermögensgegenstände"),
    "group.securities": ("Securities", "Wertpapiere"),
    "group.cash": ("Cash and cash equivalents", "Kassenbestand und Guthaben bei Kreditinstituten"),
    "group.prepaid_expenses": ("Prepaid expenses", "Aktive Rechnungsabgrenzung"),
    "group.equity": ("Capital and reserves", "Gezeichnetes Kapital und Rücklagen"),
    "group.retained_earnings": ("Retained earnings", "Gewinnvortrag/Verlustvortrag"),
    "group.drawings": ("Owner's drawings and contributions", "Privatentnahmen und -einlagen"),
    "group.carry_forward": ("Opening balances not allocated", "Saldenvorträge"),
    "group.provisions": ("Provisions", "Rückstellungen"),
    "group.loans": ("Loans and borrowings", "Darlehen und Verbindlichkeiten gegenüber Kreditinstituten"),
    "group.payables": ("Trade payables", "Verbindlichkeiten aus Lieferungen und Leistungen"),
    "group.tax_payable": ("Tax payables", "Verbindlichkeiten aus Steuern"),
    "group.liabilities": ("Other liabilities", "Sonstige Verbindlichkeiten"),
    "group.deferred_income": ("Deferred income", "Passive Rechnungsabgrenzung"),
    "group.revenue": ("Revenue", "Umsatzerlöse"),
    "group.inventory_change": (
        "Change in inventories of finished goods and work in progress",
        "Erhöhung oder Verminderung des Bestands an fertigen und unfertigen Erzeugnissen",
    ),
    "group.own_work": ("Own work capitalised", "Andere aktivierte Eigenleistungen"),
    "group.other_income": ("Other operating income", "Sonstige betriebliche Erträge"),
    "group.material_expense": ("Cost of materials and goods sold", "Materialaufwand"),
    "group.personnel_expense": ("Personnel expenses", "Personalaufwand"),
    "group.depreciation": ("Depreciation and amortisation", "Abschreibungen"),
    "group.other_opex": ("Other operating expenses", "Sonstige betriebliche Aufwendungen"),
    "revenue.interest": ("Financial income", "Zinsen und ähnliche Erträge"),
    "expense.interest": ("Financial expenses", "Zinsen und ähnliche Aufwendungen"),
    "revenue.tax": ("Tax income", "Steuererträge"),
    "expense.tax": ("Taxes", "Steuern"),
}
