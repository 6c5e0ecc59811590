"""The account input: type a code or a part of the name, choose from the list. Works without the list, too."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _

from backfill.tenancy.models import Company
from ledger.models import Account


def account_from_text(company: Company, text: str) -> Account | None:
    """Return the account somebody means who typed its code, `1000 Cash`, or its whole name."""
    return accounts_from_texts(company, [text]).get(text)


def accounts_from_texts(company: Company, texts: Collection[str]) -> dict[str, Account]:
    """Return the accounts that texts mean, by text; two statements at most. A name that several have means none."""
    own = Account.objects.filter(company=company)
    codes = {text: text.split(maxsplit=1)[0] for text in texts if text.strip() and "\0" not in text}
    by_code = {account.code: account for account in own.filter(code__in=set(codes.values()))} if codes else {}
    found = {text: by_code[code] for text, code in codes.items() if code in by_code}
    names = {text: " ".join(text.split()).casefold() for text in codes if text not in found}
    if names:
        named: dict[str, list[Account]] = {}
        for account in own.annotate(folded=Lower("name")).filter(folded__in=set(names.values())):
            named.setdefault(account.name.casefold(), []).append(account)
        found |= {text: named[name][0] for text, name in names.items() if len(named.get(name, [])) == 1}
    return found


class AccountWidget(forms.TextInput):
    """A text input that the page's script turns into a search field."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        search = {"data-account-search": reverse("admin:account_search"), "autocomplete": "off"}
        return super().get_context(name, value, {**(attrs or {}), **search})


class AccountField(forms.CharField):
    """Gives the account's id, None when left empty."""

    widget = AccountWidget
    company: Company | None = None

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text or self.company is None:
            return None
        account = account_from_text(self.company, text)
        if account is None:
            raise forms.ValidationError(
                _("There is no account «{text}»; type its code and choose from the list.").format(text=text)
            )
        return account.pk

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, UUID):
            account = Account.objects.filter(company=self.company, pk=value).first()
            return str(account) if account else ""
        return value


class AccountFilter(django_filters.Filter):
    """The filter of a list for one account; gives its id."""

    field_class = AccountField
