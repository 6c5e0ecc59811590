"""The chart of accounts: the tree, opening and changing an account, and the search behind every account input."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.tenancy.models import Company
from backfill.workspace.forms import WorkspaceForm, changed
from backfill.workspace.pages import ActionPage, Crumb, FormPage, Page
from ledger.accounts.accounts import (
    AccountDetails,
    activate_account,
    create_account,
    deactivate_account,
    update_account,
)
from ledger.accounts.report_groups import ReportGroup
from ledger.errors import AccountNotFound
from ledger.models import Account, AccountRole, AccountType, TaxCode
from ledger.pages.account_input import AccountField
from ledger.pages.chart_tree import chart_tree

MOST_RESULTS = 20
_DETAILS = ("name", "category", "report_group", "slot", "automatic_tax_code", "description")


class ChartPage(Page):
    title = gettext_lazy("Chart of accounts")
    template_name = "ledger/chart.html"
    permission = "ledger.view"

    def context(self) -> dict[str, Any]:
        return {"tree": chart_tree(self.company, on=self.company.today())}


class AccountSearch(Page):
    """The accounts that a few typed characters mean, as JSON."""

    permission = "ledger.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        accounts = matching_accounts(self.company, request.GET.get("q", ""))[:MOST_RESULTS]
        return JsonResponse(
            {
                "results": [
                    {"id": str(one.pk), "code": one.code or "", "name": one.name, "type": one.get_type_display()}
                    for one in accounts
                ]
            }
        )


class AccountForm(WorkspaceForm):
    """Everything of an account that may change later."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Fixed once the account exists."),
    )
    type = forms.ChoiceField(
        label=gettext_lazy("Type"),
        choices=AccountType.choices,
        help_text=gettext_lazy("Fixed once the account exists."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=255)
    category = forms.CharField(
        label=gettext_lazy("Category"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("The heading it stands under in the chart."),
    )
    report_group = forms.ChoiceField(
        label=gettext_lazy("Line in balance sheet and income statement"),
        required=False,
        choices=[("", "—"), *ReportGroup.choices],
    )
    parent = AccountField(label=gettext_lazy("Sub-account of"), required=False)
    automatic_tax_code = forms.ChoiceField(
        label=gettext_lazy("Automatic tax code"),
        required=False,
        help_text=gettext_lazy("DATEV automatic account: a gross amount on it implies it."),
    )
    slot = forms.ChoiceField(
        label=gettext_lazy("Role in automatic posting"),
        required=False,
        choices=[("", gettext_lazy("None")), *((slot.value, slot.label) for slot in AccountRole)],
        help_text=gettext_lazy("One active account per role; documents find the account to post to by it."),
    )
    description = forms.CharField(label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *arguments: Any, company: Company, account: Account | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        codes = TaxCode.objects.filter(company=company, is_active=True).order_by("code").values_list("code", "label")
        automatic = cast(forms.ChoiceField, self.fields["automatic_tax_code"])
        automatic.choices = [("", _("None")), *((code, f"{code} · {label}") for code, label in codes)]
        self.fields["parent"].company = company  # type: ignore[attr-defined]
        self.fields["category"].widget.attrs["list"] = "categories"
        if account is not None:
            del self.fields["code"], self.fields["type"]

    def clean_slot(self) -> str | None:
        return self.cleaned_data["slot"] or None


class AccountFormPage(FormPage):
    form_class = AccountForm
    template_name = "ledger/account_form.html"
    permission = write_permission = "ledger.accounts"

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Chart of accounts"), reverse("admin:accounts"))]

    def context(self) -> dict[str, Any]:
        used = Account.objects.filter(company=self.company).exclude(category="").order_by("category")
        return {"categories": used.values_list("category", flat=True).distinct()}

    def form_arguments(self) -> dict[str, Any]:
        return {"company": self.company}


class NewAccountPage(AccountFormPage):
    title = gettext_lazy("New account")
    button = gettext_lazy("Open account")

    def submit(self, values: dict[str, Any]) -> str:
        details: AccountDetails = {name: values[name] for name in (*_DETAILS[1:], "parent")}  # type: ignore[assignment]
        account = create_account(
            company=self.company,
            name=values["name"],
            type=values["type"],
            code=values["code"] or None,
            actor=self.actor,
            details=details,
        )
        return _("Account {account} is open.").format(account=account)


class ChangeAccountPage(AccountFormPage):
    def page_title(self) -> str:
        return _("Change {account}").format(account=self.account)

    @cached_property
    def account(self) -> Account:
        return company_account(self.company, self.kwargs["account_id"])

    def initial(self) -> dict[str, Any]:
        account = self.account
        return {**{name: getattr(account, name) for name in _DETAILS}, "parent": account.parent_id}

    def form_arguments(self) -> dict[str, Any]:
        return {**super().form_arguments(), "account": self.account}

    def context(self) -> dict[str, Any]:
        return {**super().context(), "account": self.account}

    def submit(self, values: dict[str, Any]) -> str:
        account = self.account
        changes = changed(values, account, _DETAILS)
        if values["parent"] != account.parent_id:
            changes["parent"] = values["parent"]
        if not changes:
            return _("Nothing was changed.")
        update_account(company_id=self.company.pk, account_id=account.pk, changes=changes, actor=self.actor)  # type: ignore[arg-type]
        return _("Account {code} is changed.").format(code=account.code or account.name)


class AccountUse(ActionPage):
    """Take an account out of use, or put it back."""

    permission = "ledger.accounts"
    activates = False

    def act(self) -> str:
        change = activate_account if self.activates else deactivate_account
        account = change(company_id=self.company.pk, account_id=self.kwargs["account_id"], actor=self.actor)
        if self.activates:
            return _("Account {account} is in use again.").format(account=account)
        return _("Account {account} is out of use; its history stays.").format(account=account)


def company_account(company: Company, account_id: UUID) -> Account:
    """Return the company's account; raises AccountNotFound for another company's as for none."""
    account = Account.objects.select_related("company").filter(company=company, pk=account_id).first()
    if account is None:
        raise AccountNotFound(_("There is no such account in this company."))
    return account


def matching_accounts(company: Company, text: str) -> QuerySet[Account]:
    """Return active accounts whose code begins with the text or whose name has all its words, the likeliest first."""
    words = text.replace("\0", "").split()[:6]
    if not words:
        return Account.objects.filter(company=company, is_active=True).order_by("code", "name")
    by_name = Q()
    for word in words:
        by_name &= Q(name__icontains=word)
    rank = Case(
        When(code=words[0], then=Value(0)),
        When(code__startswith=words[0], then=Value(1)),
        When(name__istartswith=words[0], then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    found = Account.objects.filter(by_name | Q(code__startswith=words[0]), company=company, is_active=True)
    return found.annotate(rank=rank).order_by("rank", "code", "name")
