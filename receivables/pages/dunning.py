"""How the company reminds: its levels, their words, and whether reminders go out by themselves."""

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.errors import DomainError
from backfill.workspace.forms import NumberField, WorkspaceForm
from backfill.workspace.pages import Crumb, Page
from backfill.workspace.wording import sentence
from receivables.dunning.policies import MOST_LEVELS, configure_dunning
from receivables.dunning.reminder_texts import FACTS, own_subject, own_text
from receivables.models import DunningPolicy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_USUAL: Final = ({"days_overdue": 7}, {"days_overdue": 21}, {"days_overdue": 35})
_FIGURES: Final = ("days_overdue", "fee", "interest_rate")
_WORDS: Final = ("subject_en", "text_en", "subject_de", "text_de")


def _words(label: "StrOrPromise") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=5_000, required=False, widget=forms.Textarea(attrs={"rows": 4, "class": "bf-long"})
    )


class LevelForm(WorkspaceForm):
    days_overdue = forms.IntegerField(label=gettext_lazy("Days overdue"), min_value=1, max_value=3650)
    fee = NumberField(label=gettext_lazy("Fee"), required=False)
    interest_rate = NumberField(label=gettext_lazy("Interest, % a year"), required=False)
    subject_en = forms.CharField(label=gettext_lazy("Subject, English"), max_length=200, required=False)
    text_en = _words(gettext_lazy("Text, English"))
    subject_de = forms.CharField(label=gettext_lazy("Subject, German"), max_length=200, required=False)
    text_de = _words(gettext_lazy("Text, German"))

    def __init__(self, *arguments: Any, company: Any, number: int, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in ("fee", "interest_rate"):
            self.fields[name].company = company  # type: ignore[attr-defined]
        for language, ending in (("en", "_en"), ("de", "_de")):
            self.fields[f"subject{ending}"].widget.attrs["placeholder"] = own_subject(number, language)  # type: ignore[arg-type]
            self.fields[f"text{ending}"].widget.attrs["placeholder"] = own_text(number, language)  # type: ignore[arg-type]

    @property
    def has_words(self) -> bool:
        """Whether the company has words of its own here, or there is something wrong with them."""
        return any(self[name].value() or self[name].errors for name in _WORDS)


class LevelForms(forms.BaseFormSet):  # type: ignore[type-arg]  # takes no argument at run time
    """All levels. Each shows, where the company says nothing, what the product says at that level."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        number = self.total_form_count() + 1 if index is None else index + 1
        return {**super().get_form_kwargs(index), "number": number}

    def values(self) -> list[dict[str, Any]]:
        """Return the levels as the service takes them, in the order of their days."""
        return [form.cleaned_data for form in self.kept()]

    def kept(self) -> list[LevelForm]:
        # A level that was added and left empty has no values.
        kept = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        return sorted(kept, key=lambda form: form.cleaned_data["days_overdue"])

    def place(self, error: DomainError) -> str:
        """Note a refusal at its level's field; return the message when it is about none of them."""
        path, _bracket, name = (error.field or "").partition("].")
        index = path.removeprefix("levels[")
        kept = self.kept()
        if index.isdecimal() and int(index) < len(kept) and name in kept[int(index)].fields:
            kept[int(index)].add_error(name, sentence(error.message))
            return ""
        return sentence(error.message)


_LevelFormSet: Any = forms.formset_factory(
    LevelForm, formset=LevelForms, extra=0, can_delete=True, max_num=MOST_LEVELS, validate_max=True
)


class PolicyPage(Page):
    title = gettext_lazy("Reminder levels")
    template_name = "receivables/dunning_policy.html"
    permission = "receivables.view"
    write_permission = "receivables.edit"

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Reminders"), reverse("admin:reminders"))]

    def context(self) -> dict[str, Any]:
        return {"facts": [f"{{{name}}}" for name in FACTS]}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        policy = DunningPolicy.objects.filter(company=self.company).prefetch_related("levels").first()
        return self.show(
            levels=self._forms(initial=_stored(policy)),
            is_automatic=policy is not None and policy.automatic_since is not None,
            is_new=policy is None,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        levels, is_automatic = self._forms(request.POST), "is_automatic" in request.POST
        if not levels.is_valid():
            return self.show(levels=levels, is_automatic=is_automatic, status=422)
        try:
            configure_dunning(company=self.company, levels=levels.values(), is_automatic=is_automatic, actor=self.actor)
        except DomainError as error:
            return self.show(levels=levels, is_automatic=is_automatic, refusal=levels.place(error), status=error.status)
        messages.success(request, _("The levels are saved. Reminders that are proposed already stay."))
        return HttpResponseRedirect(reverse("admin:reminders"))

    def _forms(self, data: Any = None, initial: Any = None) -> LevelForms:
        made: LevelForms = _LevelFormSet(data, initial=initial, prefix="level", form_kwargs={"company": self.company})
        return made


def _stored(policy: DunningPolicy | None) -> list[dict[str, Any]]:
    """Return the levels to begin with: the company's own, else what is usual."""
    if policy is None:
        return list(_USUAL)
    levels = []
    for level in policy.levels.all():
        shown: dict[str, Any] = {name: getattr(level, name) for name in (*_FIGURES, *_WORDS)}
        for name in ("fee", "interest_rate"):
            shown[name] = shown[name].normalize() if shown[name] else None
        levels.append(shown)
    return levels
