"""What the editor's form sends."""

from typing import Any

from ledger.documents.pages.typed_line import TypedLine


def typed(customer: Any, *lines: dict[str, str], **header: str) -> dict[str, Any]:
    """The form as somebody fills it in who types `lines`; `customer` is None for nobody."""
    return {
        "customer": customer.name if customer else "",
        "document_date": "2026-03-02",
        "currency": "USD",
        **{name: [one.get(name, "") for one in lines] for name in TypedLine.inputs},
        **header,
    }


def as_shown(page: Any) -> dict[str, Any]:
    """The form as it would be sent if it were submitted as the page shows it."""
    form = page.context["form"]
    lines = {name: [getattr(one, name) for one in form.lines] for name in TypedLine.inputs}
    facts = {fact.name: [one.facts.get(fact.name, "") for one in form.lines] for fact in form.kind.line_facts}
    return {**form.header, "version": form.version, **lines, **facts}
