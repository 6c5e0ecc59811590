"""The page of an editor with lines: what is typed is stored, and taken a step further if that was asked for."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from backfill.errors import DomainError
from backfill.workspace.formats import decimals_of
from backfill.workspace.line_forms import BadInput
from backfill.workspace.pages import GIVEN, READING, Page
from ledger.pages.currencies import currency_choices


class LineEditorPage(Page):
    """What editors of entries and documents share. What was refused or is doubtful is shown again with everything that
    was typed. `actions` are what its buttons ask for, with the permission that each needs."""

    actions: ClassVar[Mapping[str, str]] = GIVEN

    def needed(self, method: str) -> str:
        return self.permission if method in READING else self.permission_to(self.action)

    def permission_to(self, action: str) -> str:
        return self.actions[action]

    @property
    def action(self) -> str:
        """What the pressed button asks for; saving, where there was none, as when Enter submits."""
        named = self.request.POST.get("action", "")
        return named if named in self.actions else "save"

    @property
    def asks(self) -> bool:
        """Whether what is doubtful is asked about: nobody has accepted it, and it is more than a draft."""
        return self.action != "save" and not self.is_answered

    def stored(self) -> Any:
        """Return the draft being edited; None for a new one."""
        return None

    def context(self) -> dict[str, Any]:
        choices = currency_choices(self.company)
        return {
            "currencies": [(code, label, decimals_of(code)) for code, label in choices],
            "decimals": decimals_of(self.company.base_currency),
        }

    def typed(self) -> Any:
        """Return the form that was submitted."""
        raise NotImplementedError

    def done(self, form: Any) -> Any:
        """Store what was typed and take the step; return what that made."""
        raise NotImplementedError

    def left(self, made: Any) -> HttpResponseBase:
        """Say what was done and go on."""
        raise NotImplementedError

    def place(self, error: DomainError, form: Any) -> None:
        """Note a refusal where it belongs."""
        form.place(error)

    def ask(self, questions: list[str]) -> HttpResponseBase:
        return self.show(form=self.typed(), status=422, questions=questions)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.typed()
        try:
            with transaction.atomic():
                made = self.done(form)
        except BadInput:
            return self.show(form=form, status=422)
        except DomainError as error:
            self.place(error, form)
            return self.show(form=form, status=error.status)
        return self.left(made)
