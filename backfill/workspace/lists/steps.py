"""What can be done to many rows of a list at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


Act = Callable[[Company, UUID, Actor, Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkStep:
    """One step, which a task takes with each chosen row in a transaction of its own.

    key: its name in bulk runs; it does not change. label: its button.
    permission: asked when it is asked for, and once more before each row.
    act: does it to one row by one service; returns what the result says, raises DomainError.
    opens: in place of `act`, returns the address of a page that goes on with the chosen rows; raises DomainError.
    question: what is asked before, with `{count}`. form: what else is asked, such as a reason, given to `act` as
    `values`, a mapping that JSON can hold.
    """

    key: str
    label: "StrOrPromise"
    permission: str
    question: "StrOrPromise"
    act: Act | None = None
    opens: Callable[[Company, Sequence[UUID]], str] | None = None
    form: type[forms.Form] | None = None
    is_danger: bool = False
