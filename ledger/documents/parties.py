"""Customers and vendors: created, changed, taken out of use, deleted while nothing refers to them; and how a document
finds the one it names."""

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.database.field_checks import check_fields
from backfill.errors import DomainError, ValidationFailed
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from backfill.words import noun_of
from ledger.accounts.datev_numbers import next_personal_account
from ledger.currencies.money import minor_units
from ledger.documents.errors import (
    DuplicateName,
    DuplicatePersonalAccount,
    DuplicateTaxId,
    DuplicateVatId,
    HasOpenInvoices,
    PartyInactive,
    PartyNotFound,
)
from ledger.documents.models import Party
from ledger.documents.references import assign_account
from ledger.documents.rows import rows_of
from ledger.errors import RecordInUse, ReferenceNotFound
from ledger.models.activity import record_activity
from ledger.models.changes import changes_since, columns_of
from ledger.open_items.models import OpenItem
from ledger.tax.rules import usable_tax_code

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PartyT = TypeVar("PartyT", bound=Party)

_AS_GIVEN = (
    *("name", "company_name", "email", "phone", "description", "notes", "currency", "payment_terms_days", "address"),
    *(
        "billing_address",
        "shipping_address",
        "tax_id",
        "vat_id",
        "tax_ids",
        "iban",
        "bic",
        "personal_account",
        "tax_code",
    ),
    *("is_active", "source_system", "source_id", "connection_id", "metadata"),
)
_UNIQUE: tuple[tuple[str, str, type[DomainError], "StrOrPromise"], ...] = (
    ("name", "name__iexact", DuplicateName, gettext_lazy("a {noun} with this name exists already")),
    ("tax_id", "tax_id", DuplicateTaxId, gettext_lazy("a {noun} with this tax number exists already")),
    ("vat_id", "vat_id", DuplicateVatId, gettext_lazy("a {noun} with this VAT id exists already")),
)


class Parties(Generic[PartyT]):
    """The description of a kind of party, and its verbs. `noun` is also the documents' field: `customer`."""

    model: type[PartyT]
    noun: ClassVar[str]
    own_fields: ClassVar[tuple[str, ...]] = ()
    personal_accounts: ClassVar[tuple[int, int]]
    """The first and the last number that are given by themselves, as DATEV divides them."""
    not_found: ClassVar[type[PartyNotFound]] = PartyNotFound
    inactive: ClassVar[type[PartyInactive]] = PartyInactive

    def has_open_documents(self, party: PartyT) -> bool:
        """Whether posted documents of the party are not settled yet."""
        return False

    def check(self, party: PartyT, before: PartyT, values: Mapping[str, Any]) -> None:
        """Raise ValidationFailed for what `values` change in a way that cannot be; may bring it into its one form."""

    def tidy(self, party: PartyT, values: Mapping[str, Any]) -> None:
        """Bring what the party says of itself into its one form. Raises ValidationFailed for a country in `values`
        that there is not; a number that is none stays."""

    @property
    def word(self) -> str:
        """Return the noun in the language of whoever reads it."""
        return noun_of(self.noun)

    # --- Verbs --------------------------------------------------------------------------------------------

    def create(self, values: Mapping[str, Any], *, company: Company, actor: Actor) -> PartyT:
        """Create one. `values` are columns by name; `default_account_id` or `default_account_code` name the account its
        lines post to. Names may repeat. Raises ValidationFailed, ReferenceNotFound naming the field."""
        with transaction.atomic():
            party = self.model(company=company)
            before = copy(party)
            self._fill(party, values)
            self.check(party, before, values)
            return self._inserted(party, actor)

    def update(self, party: PartyT, values: Mapping[str, Any], *, actor: Actor) -> PartyT:
        """Change one; absent values stay. Posted documents keep what they said."""
        with transaction.atomic():
            party = self.locked(party.company_id, party.id)
            before = copy(party)
            self._fill(party, values)
            self.check(party, before, values)
            return self._saved(party, columns_of(before), actor)

    def register(self, values: Mapping[str, Any], *, company: Company, actor: Actor) -> PartyT:
        """Create one whose name, tax number and VAT id no other has, inactive ones included (Bookkeeping contract).
        Raises DuplicateName, DuplicateTaxId, DuplicateVatId with `existing_id`."""
        with transaction.atomic():
            self._hold_names(company.id)
            party = self.model(company=company)
            self._fill(party, values)
            self.tidy(party, values)
            self._refuse_duplicates(party, values)
            return self._inserted(party, actor)

    def rename(self, party: PartyT, values: Mapping[str, Any], *, actor: Actor) -> PartyT:
        """Change one under the rules of `register`."""
        with transaction.atomic():
            self._hold_names(party.company_id)
            party = self.locked(party.company_id, party.id)
            as_it_was = columns_of(party)
            self._fill(party, values)
            self.tidy(party, values)
            self._refuse_duplicates(party, values)
            return self._saved(party, as_it_was, actor)

    def deactivate(self, *, company_id: UUID, party_id: UUID, actor: Actor) -> PartyT:
        """Take one out of use; record and history stay. Raises HasOpenInvoices. Safe to repeat."""
        with transaction.atomic():
            party = self.locked(company_id, party_id)
            if not party.is_active:
                return party
            if self.has_open_documents(party):
                raise HasOpenInvoices(
                    _("{noun} {party} has invoices that are not fully paid").format(noun=self.word, party=party)
                )
            party.is_active = False
            party.save(update_fields=["is_active", "updated_at"])
            self.record(party, "deactivated", actor)
            return party

    def delete(self, *, company_id: UUID, document_id: UUID, actor: Actor) -> None:
        """Delete one that nothing refers to. Raises RecordInUse and PartyNotFound."""
        with transaction.atomic():
            party = self.locked(company_id, document_id)
            message = _(
                "{noun} {party} has documents and stays in the books; deactivate it instead (active: false)"
            ).format(noun=self.word, party=party)
            if OpenItem.objects.filter(company_id=company_id, party_id=party.id).exists():
                raise RecordInUse(message)
            try:
                with transaction.atomic():
                    party.delete()
            except (ProtectedError, IntegrityError) as error:
                raise RecordInUse(message) from error
            party.id = document_id
            self.record(party, "deleted", actor, name=party.name)

    # --- For documents ------------------------------------------------------------------------------------

    def take(self, document: Any, values: Mapping[str, Any], *, is_required: bool, is_locked: bool = False) -> str:
        """Set a document's party from `<noun>_id`, else from a `<noun>_name` that only one party has.

        `is_locked`: one that is named by its id is read and locked in one statement, as `lock` does.
        Returns the currency that the party's documents start with. Raises ReferenceNotFound, PartyInactive.
        """
        key = f"{self.noun}_id"
        current = getattr(document, key)
        if values.get(key):
            if values[key] != current:
                setattr(document, self.noun, self._usable(document.company_id, values[key], is_locked=is_locked))
            self._refuse_other_name(getattr(document, self.noun), values.get(f"{self.noun}_name") or "")
        elif key in values and not is_required:
            setattr(document, self.noun, None)
        elif current is None and is_required:
            name = values.get(f"{self.noun}_name") or ""
            setattr(document, self.noun, self._named(document.company_id, name))
        party: Party | None = getattr(document, self.noun)
        return party.currency if party is not None else ""

    def lock(self, company_id: UUID, ids: Collection[UUID | None]) -> None:
        """Lock parties in the order of their keys. Whatever settles a party's items holds this lock, before any
        document's: so no two of them can wait for each other."""
        wanted = [key for key in ids if key is not None]
        rows = rows_of(self.model).select_for_update(no_key=True).filter(company_id=company_id, id__in=wanted)
        list(rows.order_by("id").values_list("id"))

    def lock_of(self, documents: Sequence[Any]) -> None:
        """Lock the parties of documents of one company."""
        if documents:
            self.lock(documents[0].company_id, {getattr(document, f"{self.noun}_id") for document in documents})

    def locked(self, company_id: UUID, party_id: UUID) -> PartyT:
        """Return one locked for update. Raises PartyNotFound."""
        rows = rows_of(self.model).select_for_update(of=("self",))
        party = rows.filter(company_id=company_id, id=party_id).first()
        if party is None:
            raise self.not_found(_("{noun} {id} does not exist").format(noun=self.word, id=party_id))
        return party

    def record(self, party: PartyT, verb: str, actor: Actor, **detail: Any) -> None:
        """Append to the activity trail."""
        record_activity(
            company_id=party.company_id,
            subject_type=self.noun,
            subject_id=party.id,
            verb=verb,
            actor=actor,
            **detail,
        )

    def _usable(self, company_id: UUID, party_id: Any, *, is_locked: bool = False) -> PartyT:
        rows = rows_of(self.model).filter(company_id=company_id, id=party_id).order_by()
        party = (rows.select_for_update(no_key=True) if is_locked else rows).first()
        if party is None:
            raise ReferenceNotFound(
                _("{noun} {id} does not exist in this company").format(noun=self.word, id=party_id),
                field=f"{self.noun}_id",
            )
        if not party.is_active:
            raise self.inactive(
                _("{noun} {party} is inactive; reactivate it or choose another").format(noun=self.word, party=party),
                field=f"{self.noun}_id",
            )
        return party

    def _named(self, company_id: UUID, name: str) -> PartyT:
        if not name:
            raise ReferenceNotFound(_("name the {noun}").format(noun=self.word), field=f"{self.noun}_id")
        found = list(rows_of(self.model).filter(company_id=company_id, name__iexact=name, is_active=True)[:2])
        if len(found) != 1:
            several = _("more than one {noun} is named «{name}»; send {field}_id")
            message = several if found else _("no active {noun} is named «{name}»; send {field}_id")
            raise ReferenceNotFound(
                message.format(noun=self.word, name=name, field=self.noun),
                field=f"{self.noun}_name",
            )
        return found[0]

    def _refuse_other_name(self, party: PartyT, name: str) -> None:
        """The name beside an id may be an old one of the party, or the sender's own; not that of another party."""
        name = " ".join(name.split())
        if not name or name.casefold() in {party.name.casefold(), party.company_name.casefold()}:
            return
        others = rows_of(self.model).filter(company_id=party.company_id, name__iexact=name)
        if others.exclude(id=party.id).exists():
            raise ValidationFailed(
                _(
                    "{field}_id names {party}, {field}_name says «{name}», which is another {noun}; "
                    "leave one of them out"
                ).format(field=self.noun, noun=self.word, party=party, name=name),
                field=f"{self.noun}_name",
            )

    def _inserted(self, party: PartyT, actor: Actor) -> PartyT:
        if party.personal_account:
            self._refuse_taken_number(party)
        else:
            first, last = self.personal_accounts
            table = self.model._meta.db_table  # noqa: SLF001 - documented API
            party.personal_account = next_personal_account(party.company, table=table, first=first, last=last)
        party.save(force_insert=True)
        self.record(party, "created", actor)
        return party

    def _refuse_taken_number(self, party: PartyT) -> None:
        others = rows_of(self.model).filter(company_id=party.company_id, personal_account=party.personal_account)
        twin = others.exclude(id=party.id).first()
        if twin is not None:
            raise DuplicatePersonalAccount(
                _("{twin} has the personal account {personal_account}; choose another or leave it empty").format(
                    twin=twin, personal_account=party.personal_account
                ),
                field="personal_account",
                existing_id=str(twin.id),
            )

    def _saved(self, party: PartyT, as_it_was: Mapping[str, Any], actor: Actor) -> PartyT:
        if party.personal_account:
            self._refuse_taken_number(party)
        party.save()
        self.record(party, "edited", actor, **changes_since(as_it_was, party))
        return party

    def _fill(self, party: PartyT, values: Mapping[str, Any]) -> None:
        for name in (*_AS_GIVEN, *self.own_fields):
            if name in values:
                setattr(party, name, values[name])
        party.name = " ".join(party.name.split())
        assign_account(party, values, "default_account")
        if values.get("tax_code"):
            party.tax_code = usable_tax_code(party.company_id, values["tax_code"])
        if party.currency:
            minor_units(party.currency)
        check_fields(party)

    def _hold_names(self, company_id: UUID) -> None:
        """Names are compared without regard to case and only here, so a lock and not a constraint keeps them apart."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [f"{self.noun} names of {company_id}"]
            )

    def _refuse_duplicates(self, party: PartyT, values: Mapping[str, Any]) -> None:
        for field, look_up, refusal, message in _UNIQUE:
            if not values.get(field):
                continue
            twins = rows_of(self.model).filter(company_id=party.company_id, **{look_up: getattr(party, field)})
            twin = next((found for found in twins[:2] if found.id != party.id), None)
            if twin is not None:
                raise refusal(
                    str(message).format(noun=self.word),
                    field=field,
                    existing_id=str(twin.id),
                )
