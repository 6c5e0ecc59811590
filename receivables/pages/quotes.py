"""What becomes of a quote: the customer's answer, a sales order, an invoice."""

from typing import ClassVar

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _

from ledger.documents.pages.document_admins import DocumentAdmin
from ledger.documents.pages.steps import Step
from receivables.pages.document_admins import QUOTE, SALES_ORDER
from receivables.services.orders import accept_quote, convert_quote, decline_quote
from receivables.services.quote_invoices import invoice_quote


class QuoteAnswer(Step):
    """The customer has accepted or declined."""

    permission = "receivables.edit"
    kind = QUOTE
    is_yes = True

    def act(self) -> str:
        answer = accept_quote if self.is_yes else decline_quote
        words = _("Quote {quote} is accepted.") if self.is_yes else _("Quote {quote} is declined.")
        return words.format(quote=answer(**self.by()))


class ConvertQuote(Step):
    """A quote becomes a sales order, or at once the draft of an invoice; the page of what was made follows."""

    permission = "receivables.edit"
    kind = QUOTE
    makes: ClassVar[DocumentAdmin] = SALES_ORDER

    def act(self) -> HttpResponseBase:
        made = convert_quote(**self.by()) if self.makes is SALES_ORDER else invoice_quote(**self.by())
        messages.success(
            self.request,
            _("{title} {made} was made of quote {document}.").format(
                title=self.makes.title, made=made, document=self.document
            ),
        )
        return HttpResponseRedirect(self.makes.url(made))
