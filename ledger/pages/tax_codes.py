"""Tax codes: the list, a new one, and what may change of one."""

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from django import forms
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.tenancy.models import Company
from backfill.workspace.formats import formats_of
from backfill.workspace.forms import DayField, NumberField, WorkspaceForm, changed
from backfill.workspace.pages import ActionPage, Crumb, FormPage, Page
from ledger.errors import TaxCodeNotFound
from ledger.models import TaxCode, TaxFamily
from ledger.pages.account_input import AccountField
from ledger.tax.codes import create_tax_code, deactivate_tax_code, set_sales_tax_code, update_tax_code
from ledger.tax.rules import PURCHASES, book_of

CATEGORIES = [
    ("S", gettext_lazy("S · Standard or reduced rate")),
    ("Z", gettext_lazy("Z · Zero rated")),
    ("E", gettext_lazy("E · Exempt")),
    ("AE", gettext_lazy("AE · Reverse charge")),
    ("K", gettext_lazy("K · Intra-community supply")),
    ("G", gettext_lazy("G · Export")),
    ("O", gettext_lazy("O · Outside the scope of tax")),
    ("L", gettext_lazy("L · Canary Islands (IGIC)")),
    ("M", gettext_lazy("M · Ceuta and Melilla (IPSI)")),
    ("B", gettext_lazy("B · Transferred (Italy)")),
]


_TEXTS = ("label", "description")
_RULES = ("rate", "datev_key", "category", "family", "valid_from", "valid_until")
_ACCOUNTS = ("vat_account", "self_assess_account", "account")


class TaxCodesPage(Page):
    title = gettext_lazy("Tax codes")
    template_name = "ledger/tax_codes.html"
    permission = "ledger.view"

    def context(self) -> dict[str, Any]:
        joined = ("vat_account", "self_assess_account", "account")
        codes = TaxCode.objects.filter(company=self.company).select_related(*joined)
        return {"codes": codes.order_by("-is_active", "code")}


def sales_code_choices(company: Company, nothing: str, chosen: str = "") -> list[tuple[str, str]]:
    """Return the codes for sales of today to choose from, and what choosing none means. One that is `chosen` already
    stays, with the days that it is for."""
    codes = list(TaxCode.objects.filter(company=company, is_active=True).order_by("code"))
    offered = [code.code for code in valid_codes(side_codes(codes, is_purchase=False), company.today())]
    named = {code.code: f"{code.code} · {code.label}" for code in codes}
    choices = [("", nothing), *((code, named[code]) for code in offered)]
    if chosen and chosen not in offered:
        row = next((code for code in codes if code.code == chosen), None)
        unused = _("{code} · out of use").format(code=chosen)
        choices.append((chosen, f"{named[chosen]} ({_validity(row, company)})" if row else unused))
    return choices


def valid_codes(codes: Iterable[TaxCode], day: date) -> list[TaxCode]:
    """Return those of one side's active codes that tax a supply of a day."""
    rows = list(codes)
    book = book_of(rows)
    return [code for code in rows if (rule := book.named(code.code)) is not None and book.is_valid(rule, day)]


def side_codes(codes: Iterable[TaxCode], *, is_purchase: bool) -> list[TaxCode]:
    """Return those of codes that are for sales, or for purchases, of whatever day. A code of no family that the company
    does not owe itself is for either."""

    def is_bought(code: TaxCode) -> bool:
        return code.family in PURCHASES or code.self_assess_account_id is not None

    return [code for code in codes if is_bought(code) == is_purchase or (is_purchase and not code.family)]


def _validity(code: TaxCode, company: Company) -> str:
    """Return the days that a code is for, in words; that it is not a code for sales, where that is so."""
    if not side_codes([code], is_purchase=False):
        return _("for purchases")
    day = formats_of(company).day
    if code.valid_from and code.valid_until:
        return _("from {first} until {last}").format(first=day(code.valid_from), last=day(code.valid_until))
    if code.valid_from:
        return _("from {first}").format(first=day(code.valid_from))
    return _("until {last}").format(last=day(code.valid_until)) if code.valid_until else _("not for today")


class UsualTaxForm(WorkspaceForm):
    code = forms.ChoiceField(
        label=gettext_lazy("Tax code of sales that nothing else taxes"),
        required=False,
        help_text=gettext_lazy(
            "An item, a customer or an account goes before it. It is the code of its kind on the date of supply."
        ),
    )

    def __init__(self, *arguments: Any, company: Company, **options: Any) -> None:
        super().__init__(*arguments, **options)
        code = cast(forms.ChoiceField, self.fields["code"])
        nothing = _("That of the usual revenue account, if it has one")
        code.choices = sales_code_choices(company, nothing, company.sales_tax_code)


class UsualTaxPage(FormPage):
    title = gettext_lazy("Usual tax on sales")
    form_class = UsualTaxForm
    permission = write_permission = "settings.tax_codes"

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Tax codes"), reverse("admin:tax_codes"))]

    def form_arguments(self) -> dict[str, Any]:
        return {"company": self.company}

    def initial(self) -> dict[str, Any]:
        return {"code": self.company.sales_tax_code}

    def submit(self, values: dict[str, Any]) -> str:
        set_sales_tax_code(company=self.company, code=values["code"], actor=self.actor)
        return _("The usual tax on sales is changed.")


class TaxCodeForm(WorkspaceForm):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        help_text=gettext_lazy("Letters, digits and hyphens, such as RC19. Fixed later."),
    )
    label = forms.CharField(label=gettext_lazy("Label"), max_length=120)
    rate = NumberField(label=gettext_lazy("Rate in percent"))
    vat_account = AccountField(label=gettext_lazy("Account that takes the tax"))
    self_assess_account = AccountField(
        label=gettext_lazy("Account for self-assessed tax"),
        required=False,
        help_text=gettext_lazy(
            "Reverse charge: you owe the tax in the supplier’s place. Amounts with this code are then net."
        ),
    )
    category = forms.ChoiceField(
        label=gettext_lazy("Category on e-invoices"), choices=CATEGORIES, help_text=gettext_lazy("UNTDID 5305.")
    )
    datev_key = forms.CharField(label=gettext_lazy("DATEV key"), max_length=4, required=False)
    family = forms.ChoiceField(
        label=gettext_lazy("For"),
        choices=[("", gettext_lazy("Something else")), *TaxFamily.choices],
        required=False,
        help_text=gettext_lazy(
            "Of the codes for the same, the date of supply chooses: a later one takes the place of those before."
        ),
    )
    valid_from = DayField(label=gettext_lazy("First date of supply"), required=False)
    valid_until = DayField(label=gettext_lazy("Last date of supply"), required=False)
    account = AccountField(
        label=gettext_lazy("Account of its lines"),
        required=False,
        help_text=gettext_lazy("For lines whose item and customer name none."),
    )
    description = forms.CharField(label=gettext_lazy("Note"), max_length=500, required=False)

    def __init__(self, *arguments: Any, company: Company, tax_code: TaxCode | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in ("vat_account", "self_assess_account", "account", "rate"):
            self.fields[name].company = company  # type: ignore[attr-defined]
        if tax_code is not None:
            del self.fields["code"]
            for name in set(self.fields) - {*_TEXTS, "account"} if tax_code.is_system else ():
                del self.fields[name]


class TaxCodeFormPage(FormPage):
    form_class = TaxCodeForm
    template_name = "ledger/tax_code_form.html"
    permission = write_permission = "settings.tax_codes"

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Tax codes"), reverse("admin:tax_codes"))]

    def form_arguments(self) -> dict[str, Any]:
        return {"company": self.company}


class NewTaxCodePage(TaxCodeFormPage):
    title = gettext_lazy("New tax code")
    button = gettext_lazy("Create")

    def submit(self, values: dict[str, Any]) -> str:
        code = create_tax_code(company=self.company, actor=self.actor, **values)
        return _("Tax code {code} can be used.").format(code=code.code)


class ChangeTaxCodePage(TaxCodeFormPage):
    def page_title(self) -> str:
        return _("Change {code}").format(code=self.tax_code.code)

    @cached_property
    def tax_code(self) -> TaxCode:
        code = TaxCode.objects.filter(company=self.company, pk=self.kwargs["tax_code_id"]).first()
        if code is None:
            raise TaxCodeNotFound(_("There is no such tax code in this company."))
        return code

    def initial(self) -> dict[str, Any]:
        code = self.tax_code
        accounts = {name: getattr(code, f"{name}_id") for name in _ACCOUNTS}
        return {**{name: getattr(code, name) for name in (*_TEXTS, *_RULES)}, **accounts, "rate": code.rate.normalize()}

    def form_arguments(self) -> dict[str, Any]:
        return {**super().form_arguments(), "tax_code": self.tax_code}

    def context(self) -> dict[str, Any]:
        return {"tax_code": self.tax_code}

    def submit(self, values: dict[str, Any]) -> str:
        code = self.tax_code
        changes = changed(values, code, [name for name in (*_TEXTS, *_RULES) if name in values])
        for name in _ACCOUNTS:
            if name in values and values[name] != getattr(code, f"{name}_id"):
                changes[name] = values[name]
        if not changes:
            return _("Nothing was changed.")
        update_tax_code(company_id=self.company.pk, code=code.code, changes=changes, actor=self.actor)  # type: ignore[arg-type]
        return _("Tax code {code} is changed.").format(code=code.code)


class TaxCodeUse(ActionPage):
    """Take a tax code of the company's own out of use, or put it back."""

    permission = "settings.tax_codes"
    activates = False

    def back(self) -> str:
        return reverse("admin:tax_codes")

    def act(self) -> str:
        code = TaxCode.objects.filter(company=self.company, pk=self.kwargs["tax_code_id"]).first()
        if code is None:
            raise TaxCodeNotFound(_("There is no such tax code in this company."))
        if self.activates:
            update_tax_code(company_id=self.company.pk, code=code.code, changes={"is_active": True}, actor=self.actor)
            return _("Tax code {code} is in use again.").format(code=code.code)
        deactivate_tax_code(company_id=self.company.pk, code=code.code, actor=self.actor)
        return _("Tax code {code} is out of use; entries that carry it keep it.").format(code=code.code)
