"""What printed documents say, in English and German."""

from typing import Final

from receivables.languages import Language


def word(key: str, language: Language) -> str:
    return _WORDS[key][1 if language == "de" else 0]


_WORDS: Final[dict[str, tuple[str, str]]] = {
    # Kinds. A German «Gutschrift» is by law what a buyer issues, so a credit memo is a «Rechnungskorrektur».
    "invoice": ("Invoice", "Rechnung"),
    "credit_memo": ("Credit memo", "Rechnungskorrektur"),
    "draft": ("Draft", "Entwurf"),
    "void": ("Void", "Storniert"),
    # Facts
    "invoice_number": ("Invoice no.", "Rechnungsnr."),
    "credit_memo_number": ("Credit memo no.", "Belegnr."),
    "date": ("Date", "Datum"),
    "due_date": ("Due date", "Fällig am"),
    "delivery_date": ("Delivery date", "Leistungsdatum"),
    "delivery_period": ("Service period", "Leistungszeitraum"),
    "buyer_reference": ("Your reference", "Ihre Referenz"),
    "sales_order": ("Our order", "Auftrag"),
    "buyer_vat_id": ("Your VAT ID", "Ihre USt-IdNr."),
    "for_invoice": ("For invoice", "Zu Rechnung"),
    "of_day": ("{number} of {day}", "{number} vom {day}"),
    "ship_to": ("Delivered to", "Geliefert an"),
    # Columns
    "position": ("No.", "Pos."),
    "description": ("Description", "Bezeichnung"),
    "quantity": ("Quantity", "Menge"),
    "price": ("Unit price", "Einzelpreis"),
    "discount": ("Discount", "Rabatt"),
    "tax_rate": ("Tax", "USt."),
    "amount": ("Amount", "Betrag"),
    "amounts_in": ("Amounts in {currency}", "Beträge in {currency}"),
    "amounts_with_tax": ("Amounts in {currency}, tax included", "Beträge in {currency} einschließlich USt."),
    # Sums
    "subtotal": ("Subtotal", "Zwischensumme"),
    "document_discount": ("Discount", "Rabatt"),
    "net": ("Net", "Netto"),
    "vat": ("VAT {rate}", "USt. {rate}"),
    "sales_tax": ("Tax {rate}", "Steuer {rate}"),
    "vat_on": ("VAT {rate} on {base}", "USt. {rate} auf {base}"),
    "sales_tax_on": ("Tax {rate} on {base}", "Steuer {rate} auf {base}"),
    "untaxed_on": ("0\N{NO-BREAK SPACE}% on {base}", "0\N{NO-BREAK SPACE}% auf {base}"),
    "included": ("including {tax}", "darin {tax}"),
    "total": ("Total", "Gesamtbetrag"),
    "credit_total": ("Credit", "Gutschriftsbetrag"),
    "tax_in_base": ("Tax in {currency} at {rate}", "Steuer in {currency} zum Kurs {rate}"),
    # Payment
    "please_pay": ("Please pay {amount} by {day}.", "Bitte überweisen Sie {amount} bis zum {day}."),
    "please_pay_now": ("Please pay {amount} on receipt.", "Bitte überweisen Sie {amount} sofort nach Erhalt."),
    "credited": (
        "{amount} is credited to your account and set off against open invoices.",
        "{amount} werden Ihrem Kundenkonto gutgeschrieben und mit offenen Rechnungen verrechnet.",
    ),
    "account_holder": ("Account holder", "Kontoinhaber"),
    "iban": ("IBAN", "IBAN"),
    "bic": ("BIC", "BIC"),
    "bank": ("Bank", "Bank"),
    "remittance": ("Reference", "Verwendungszweck"),
    "scan_to_pay": ("Scan to pay", "Scannen und zahlen"),
    # Reminders
    "invoice_date": ("Invoice date", "Rechnungsdatum"),
    "open_amount": ("Open amount", "Offener Betrag"),
    "fee": ("Reminder fee", "Mahngebühr"),
    "interest": ("Interest at {rate} for {days} days", "Zinsen zu {rate} für {days} Tage"),
    "interest_in_all": ("Interest", "Zinsen"),
    "days_overdue": ("Days overdue", "Tage überfällig"),
    "and": ("{some} and {last}", "{some} und {last}"),
    "and_more": ("{some} and {count} more", "{some} und {count} weitere"),
    "to_pay": ("To pay", "Zu zahlen"),
    "reminder_file": ("reminder", "mahnung"),
    # Statements
    "statement": ("Statement of account", "Kontoauszug"),
    "statement_file": ("statement", "kontoauszug"),
    "period": ("Period", "Zeitraum"),
    "day": ("Date", "Datum"),
    "document": ("Document", "Beleg"),
    "due": ("Due", "Fällig"),
    "charged": ("Charged", "Belastung"),
    "credited_column": ("Credited", "Gutschrift"),
    "balance": ("Balance", "Saldo"),
    "brought_forward": ("Balance brought forward", "Saldovortrag"),
    "balance_on": ("Balance on {day}", "Saldo am {day}"),
    "balance_in_your_favour": ("Balance in your favour on {day}", "Guthaben am {day}"),
    "payment": ("Payment", "Zahlung"),
    "refund_receipt": ("Refund", "Erstattung"),
    "settlement": ("Settlement", "Ausgleich"),
    "void_of": ("{document}, void", "{document}, storniert"),
    "of_it_overdue": ("of it overdue", "davon überfällig"),
    "open_items": ("Open on {day}", "Offen am {day}"),
    # Letterhead
    "vat_id": ("VAT ID", "USt-IdNr."),
    "tax_number": ("Tax no.", "Steuernr."),
    "page_of": ("Page {page} of {pages}", "Seite {page} von {pages}"),
}
