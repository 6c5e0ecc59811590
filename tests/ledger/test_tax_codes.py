"""Creating, changing, retiring and reading tax codes."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.accounts.accounts import create_account, deactivate_account
from ledger.errors import (
    AccountInactive,
    DuplicateTaxCode,
    NoChanges,
    SystemTaxCodeKept,
    TaxCodeNotFound,
    TaxLineConflict,
    UnknownAccount,
)
from ledger.journal.drafts import AccountCode, LineDraft
from ledger.models import AccountRole, Activity, TaxCode
from ledger.tax.calculation import TaxRule, expand_gross
from ledger.tax.codes import TaxCodeDetails, create_tax_code, deactivate_tax_code, update_tax_code
from ledger.tax.rules import rules, vat_account_references
from tests.factories import make_company

pytestmark = pytest.mark.django_db
ACTOR = system_actor()


@pytest.fixture
def company() -> Company:
    return make_company(chart="skr04", currency="EUR")


def created(company: Company, code: str = "RC19", **fields: Any) -> TaxCode:
    values: dict[str, Any] = {
        "label": "Reverse charge 19 %",
        "rate": Decimal(19),
        "vat_account": AccountCode("1407"),
        "self_assess_account": AccountCode("3837"),
    }
    return create_tax_code(company=company, code=code, actor=ACTOR, **{**values, **fields})


def changed(company: Company, code: str = "RC19", **changes: Any) -> TaxCode:
    details: TaxCodeDetails = {**changes}  # type: ignore[typeddict-item]
    return update_tax_code(company_id=company.id, code=code, changes=details, actor=ACTOR)


def test_creates_a_code_of_the_companys_own(company: Company) -> None:
    tax_code = created(company, description="EU services, § 13b UStG", datev_key="94", category="AE")
    tax_code.refresh_from_db()
    assert (tax_code.code, tax_code.rate, tax_code.category, tax_code.datev_key) == ("RC19", 19, "AE", "94")
    assert (tax_code.vat_account.code, tax_code.self_assess_account.code) == ("1407", "3837")  # type: ignore[union-attr]
    assert (tax_code.is_system, tax_code.is_active) == (False, True)
    assert Activity.objects.get(subject_id=tax_code.id).verb == "created"


@pytest.mark.parametrize("code", ["VST19", "vst19", "rc19"])
def test_refuses_a_code_that_exists_in_any_case_even_if_inactive(company: Company, code: str) -> None:
    created(company)
    deactivate_tax_code(company_id=company.id, code="RC19", actor=ACTOR)
    with pytest.raises(DuplicateTaxCode) as refusal:
        created(company, code)
    assert refusal.value.field == "code"


def test_lets_two_companies_have_the_same_code(company: Company) -> None:
    created(company)
    assert created(make_company(chart="skr04", currency="EUR")).code == "RC19"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "A" * 21}, "code"),
        ({"code": "RC 19"}, "code"),
        ({"code": "RC_19"}, "code"),
        ({"code": "ÜC19"}, "code"),
        ({"code": "RC19\n"}, "code"),
        ({"label": " "}, "label"),
        ({"label": "x" * 121}, "label"),
        ({"description": "x" * 501}, "description"),
        ({"rate": Decimal("-0.01")}, "rate"),
        ({"rate": Decimal("100.01")}, "rate"),
        ({"rate": Decimal("1.00001")}, "rate"),
        ({"rate": Decimal("NaN")}, "rate"),
        ({"datev_key": "12345"}, "datev_key"),
        ({"datev_key": "9a"}, "datev_key"),
        ({"category": "X"}, "category"),
        ({"self_assess_account": AccountCode("1407")}, "self_assess_account"),
        ({"vat_account": AccountCode("4400")}, "vat_account"),
        ({"vat_account": AccountRole.CASH}, "vat_account"),
        ({"self_assess_account": AccountCode("1200")}, "self_assess_account"),
    ],
)
def test_refuses_a_bad_value_by_its_field(company: Company, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        created(company, **{"code": "NEW", **fields})
    assert refusal.value.field == field
    assert not company.tax_codes.filter(is_system=False).exists()


def test_refuses_unknown_and_foreign_accounts(company: Company) -> None:
    foreign = make_company(chart="skr04", currency="EUR").accounts.get(code="1406")
    for reference in (AccountCode("1"), foreign.id):
        with pytest.raises(UnknownAccount) as refusal:
            created(company, vat_account=reference)
        assert refusal.value.field == "vat_account"


def test_refuses_an_inactive_account(company: Company) -> None:
    account = company.accounts.get(code="3808")
    deactivate_account(company_id=company.id, account_id=account.id, actor=ACTOR)
    with pytest.raises(AccountInactive) as refusal:
        created(company, self_assess_account=account.id)
    assert refusal.value.field == "self_assess_account"


def test_changes_what_is_named_and_never_the_code(company: Company) -> None:
    created(company)
    tax_code = changed(company, "rc19", label="RC 20 %", rate=Decimal(20), self_assess_account=None)
    tax_code.refresh_from_db()
    assert (tax_code.code, tax_code.label, tax_code.rate, tax_code.self_assess_account) == ("RC19", "RC 20 %", 20, None)
    assert tax_code.vat_account.code == "1407"


def test_takes_a_code_out_of_use_and_back(company: Company) -> None:
    created(company)
    for _ in range(2):
        assert not deactivate_tax_code(company_id=company.id, code="rc19", actor=ACTOR).is_active
    assert rules(company.id, ["RC19"]) == {}
    assert changed(company, is_active=True).is_active
    assert set(rules(company.id, ["RC19"])) == {"RC19"}


def test_does_not_bring_a_code_back_whose_account_is_gone(company: Company) -> None:
    account = create_account(company=company, name="Extra", type="asset", code="1499", actor=ACTOR)
    created(company, vat_account=account.id)
    deactivate_tax_code(company_id=company.id, code="RC19", actor=ACTOR)
    deactivate_account(company_id=company.id, account_id=account.id, actor=ACTOR)
    with pytest.raises(AccountInactive):
        changed(company, is_active=True)


def test_refuses_to_change_nothing(company: Company) -> None:
    created(company)
    with pytest.raises(NoChanges):
        changed(company)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rate": Decimal(101)}, "rate"),
        ({"label": ""}, "label"),
        ({"vat_account": AccountCode("3837")}, "self_assess_account"),
        ({"vat_account": AccountCode("4400")}, "vat_account"),
    ],
)
def test_refuses_a_bad_change(company: Company, changes: dict[str, Any], field: str) -> None:
    created(company)
    with pytest.raises(ValidationFailed) as refusal:
        changed(company, **changes)
    assert refusal.value.field == field


def test_keeps_system_codes_but_for_their_words(company: Company) -> None:
    assert changed(company, "VST19", label="Vorsteuer", description="").label == "Vorsteuer"
    for changes in ({"rate": Decimal(16)}, {"vat_account": AccountCode("1401")}, {"label": "x", "datev_key": "1"}):
        with pytest.raises(ValidationFailed, match="came with the chart"):
            changed(company, "VST19", **changes)
    with pytest.raises(SystemTaxCodeKept):
        changed(company, "VST19", is_active=False)
    with pytest.raises(SystemTaxCodeKept):
        deactivate_tax_code(company_id=company.id, code="vst19", actor=ACTOR)
    tax_code = company.tax_codes.get(code="VST19")
    assert (tax_code.rate, tax_code.is_active) == (19, True)


def test_does_not_find_someone_elses_code(company: Company) -> None:
    created(make_company(chart="skr04", currency="EUR"))
    with pytest.raises(TaxCodeNotFound):
        deactivate_tax_code(company_id=company.id, code="RC19", actor=ACTOR)
    with pytest.raises(TaxCodeNotFound):
        changed(company, label="Mine")


def test_reads_rules_without_regard_to_case_in_one_statement(
    company: Company, django_assert_num_queries: Callable[[int], Any]
) -> None:
    accounts = {account.code: account.id for account in company.accounts.all()}
    with django_assert_num_queries(1):
        found = rules(company.id, ["vst19", "VST-13b19", "NOPE", ""])
    since = date(2007, 1, 1)
    assert found == {
        "VST19": TaxRule("VST19", Decimal(19), accounts["1406"], family="input_standard", valid_from=since),
        "VST-13B19": TaxRule(
            *("VST-13B19", Decimal(19), accounts["1407"], accounts["3837"]),
            family="recipient_standard",
            valid_from=since,
        ),
    }
    with django_assert_num_queries(0):
        assert rules(company.id, ["", ""]) == {}


def test_names_vat_accounts_in_every_way_a_line_can(
    company: Company, django_assert_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_num_queries(1):
        references = vat_account_references(company.id)
    account = company.accounts.get(code="3800")
    assert {
        account.id,
        AccountCode("3800"),
        AccountRole.OUTPUT_TAX,
        AccountCode("1406"),
        AccountCode("3837"),
    } <= references
    assert not {AccountCode("6815"), AccountRole.CASH} & references
    lines = [
        LineDraft.debit(AccountCode("6815"), Decimal("119.00"), tax_code="VST19"),
        LineDraft.debit(AccountCode("1401"), Decimal("7.00")),
        LineDraft.credit(AccountCode("1800"), Decimal("126.00")),
    ]
    with pytest.raises(TaxLineConflict):
        expand_gross(lines, rules(company.id, ["VST19"]), "EUR", vat_accounts=references)
