"""The list of journal entries as a bare Django view: `.values()`, a dictionary, orjson. No authentication, no rights,
no filters, no limits on rates; the bytes are those of `GET /v1/journal_entries`."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse
from django.urls import path

from backfill.urls import urlpatterns as product
from ledger.models import JournalEntry, JournalLine

_ENTRY = (
    *("id", "fiscal_year", "sequence", "entry_date", "status", "approval_status", "memo", "currency", "exchange_rate"),
    *("rate_date", "rate_source", "document_date", "effective_date", "period", "document_number", "kind", "hash"),
    *("external_reference", "dimensions", "metadata", "reverses_entry_id", "source_system", "source_id"),
    *("connection_id", "total_amount", "created_at", "updated_at", "posted_at"),
)
_LINE = (
    *("entry_id", "line_number", "account_id", "account__code", "account__name", "amount", "currency_amount"),
    *("line_ref", "description", "tax_code", "tax_role", "class_id", "location_id", "dimensions", "metadata"),
)


def journal_entries(request: HttpRequest, company_id: UUID) -> HttpResponse:
    limit = int(request.GET["limit"])
    found = JournalEntry.objects.filter(company_id=company_id)
    total = found.count()
    entries = list(found.order_by("-entry_date", "-id").values(*_ENTRY)[:limit])
    ids = [entry["id"] for entry in entries]
    lines: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    own = JournalLine.objects.filter(company_id=company_id, entry_id__in=ids)
    for line in own.order_by("entry_id", "line_number").values(*_LINE):
        lines[line["entry_id"]].append(line)
    reversals = dict(
        JournalEntry.objects.filter(reverses_entry_id__in=ids)
        .exclude(status="draft")
        .values_list("reverses_entry_id", "id")
    )
    answer = {
        "object": "list",
        "data": [
            {"id": entry["id"], "object": "journal_entry", "data": _entry(entry, lines[entry["id"]], reversals)}
            for entry in entries
        ],
        "pagination": {"page": 1, "limit": limit, "total_count": total, "has_more": total > limit},
    }
    return HttpResponse(orjson.dumps(answer), content_type="application/json")


def _entry(entry: dict[str, Any], lines: list[dict[str, Any]], reversals: dict[UUID, UUID]) -> dict[str, Any]:
    first = next(line for line in lines if line["currency_amount"] > 0)
    total = _amount(sum(line["currency_amount"] for line in lines if line["currency_amount"] > 0))
    return {
        "entry_number": f"{entry['fiscal_year']}-{entry['sequence']:06d}",
        "entry_date": entry["entry_date"],
        "status": entry["status"],
        "approval_status": entry["approval_status"],
        "memo": entry["memo"],
        "account_code": first["account__code"],
        "account_name": first["account__name"],
        "debit_amount": total,
        "credit_amount": total,
        "line_memo": first["description"],
        "currency": entry["currency"],
        "exchange_rate": f"{entry['exchange_rate'].normalize():.2f}",
        "rate_date": entry["rate_date"],
        "rate_source": entry["rate_source"],
        "document_date": entry["document_date"],
        "effective_date": entry["effective_date"],
        "posting_period": entry["period"],
        "document_number": entry["document_number"],
        "external_reference": entry["external_reference"],
        "lines": [_line(line) for line in lines],
        "dimensions": entry["dimensions"],
        "metadata": entry["metadata"],
        "kind": entry["kind"],
        "reverses_entry_id": entry["reverses_entry_id"],
        "reversed_by_entry_id": reversals.get(entry["id"]),
        "source_system": entry["source_system"],
        "source_id": entry["source_id"],
        "connection_id": entry["connection_id"],
        "hash": entry["hash"],
        "created_at": _instant(entry["created_at"]),
        "updated_at": _instant(entry["updated_at"]),
        "posted_at": _instant(entry["posted_at"]),
    }


def _line(line: dict[str, Any]) -> dict[str, Any]:
    amount = line["currency_amount"]
    return {
        "line_number": line["line_number"],
        "account_id": line["account_id"],
        "account_code": line["account__code"],
        "account_name": line["account__name"],
        "debit_amount": _amount(amount) if amount > 0 else None,
        "credit_amount": _amount(-amount) if amount < 0 else None,
        "base_amount": _amount(line["amount"]),
        "line_ref": line["line_ref"],
        "description": line["description"],
        "tax_code": line["tax_code"],
        "tax_role": line["tax_role"],
        "class_id": line["class_id"],
        "location_id": line["location_id"],
        "dimensions": line["dimensions"],
        "metadata": line["metadata"],
    }


def _amount(amount: Decimal | int) -> str:
    return f"{amount:.2f}"


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


urlpatterns = [path("bare/<uuid:company_id>", journal_entries), *product]
