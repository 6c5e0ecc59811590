"""Nothing that people read is left untranslated."""

from importlib import import_module
from pathlib import Path

import pytest

from backfill.errors import DomainError
from tests.translations.catalogues import PLACES, ROOT
from tests.translations.literals import python_files, untranslated_in_python, untranslated_in_template

# Said to operators and programs alone, in English: commands, what runs the servers, and the APIs' own modules.
FOR_PROGRAMS: tuple[str, ...] = (
    *("backfill/local", "backfill/management", "backfill/demo_data", "backfill/demo.py", "backfill/serving.py"),
    "backfill/serving_role.py",
    *("backfill/tenancy/management", "ledger/management", "reporting/management", "receivables/management"),
    *("backfill/api", "backfill/contracts", "backfill/workspace/records", "ledger/inventory/api.py"),
    *("backfill/asgi.py", "backfill/bodies.py", "backfill/schema.py"),
    *("templates/api", "templates/tenancy/mail/contact.txt", "templates/receivables/mail"),
)
_API_FOLDERS = {"api", "bookkeeping_api"}


def is_below(path: Path, folders: tuple[str, ...]) -> bool:
    return any(path == ROOT / folder or path.is_relative_to(ROOT / folder) for folder in folders)


def refusals() -> set[str]:
    """Return the names of all refusals, whichever modules this process has needed so far."""
    for place in PLACES.values():
        for path in python_files(place.folder):
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))

    def below(kind: type) -> set[str]:
        return {kind.__name__}.union(*(below(one) for one in kind.__subclasses__()))

    return below(DomainError)


TEMPLATES = [path for path in PLACES["templates"].sources if not is_below(path, FOR_PROGRAMS)]
MODULES = [
    path
    for name, place in PLACES.items()
    if name != "templates"
    for path in python_files(place.folder)
    if not is_below(path, FOR_PROGRAMS) and not _API_FOLDERS & set(path.parts)
]


def test_templates_are_translated() -> None:
    left = {
        str(path.relative_to(ROOT)): words
        for path in TEMPLATES
        if (words := untranslated_in_template(path.read_text()))
    }
    assert not left


def test_python_is_translated() -> None:
    names = refusals()
    left = {
        f"{path.relative_to(ROOT)}:{line}": words
        for path in MODULES
        for line, words in untranslated_in_python(path.read_text(), names)
    }
    assert not left


@pytest.mark.parametrize(
    "text",
    [
        "<p>Words</p>",
        '<input placeholder="Type here">',
        '<a title="Words" href="/">{% translate "Link" %}</a>',
        "{% if x %}Yes{% endif %}",
        '{% include "a.html" with title="Some words" %}',
        '{{ x|yesno:"Yes,No" }}',
        "{{ n }} {% translate 'invoices' %}{{ n|pluralize }}",
    ],
)
def test_finds_words_in_templates(text: str) -> None:
    assert untranslated_in_template(text)


@pytest.mark.parametrize(
    "text",
    [
        '{% translate "Words" %}',
        "{% blocktranslate trimmed with n=x %}Words {{ n }}{% endblocktranslate %}",
        '<p class="bf-card" data-url="{% url "admin:index" %}">{{ name }} · PDF</p>',
        "<script>const words = 'not shown'</script>{# A comment. #}",
        '{% include "a.html" with title=_("Some words") kind="credit_memo" %}',
    ],
)
def test_passes_what_is_translated_in_templates(text: str) -> None:
    assert not untranslated_in_template(text)


@pytest.mark.parametrize(
    "text",
    [
        'raise Forbidden("Not you.")',
        'raise Forbidden(f"Not {you}.")',
        'raise Forbidden(_(f"Not {you}."))',
        'raise Forbidden("Not {you}.".format(you=you))',
        'messages.success(request, "Saved.")',
        'form.add_error("code", "This is not the code.")',
        'forms.CharField(label="Name")',
        'class A(FormPage):\n    title = "Company"',
        'def submit(self):\n    return "Saved."',
    ],
)
def test_finds_words_in_python(text: str) -> None:
    assert untranslated_in_python(text, {"Forbidden"})


@pytest.mark.parametrize(
    "text",
    [
        'raise Forbidden(_("Not {you}.").format(you=you), field="lines[1].price")',
        'forms.CharField(label=_("Name"), max_length=3)',
        'models.CharField(help_text="ISO 4217")',
        'class A(FormPage):\n    title = _("Company")\n    template_name = "workspace/form.html"',
        'log.warning("mail server failed")',
    ],
)
def test_passes_what_is_translated_in_python(text: str) -> None:
    assert not untranslated_in_python(text, {"Forbidden"})
