"""One Idempotency-Key is one effect, whatever is retried or runs at the same time.

The record of an answer commits in the transaction of its effect, so neither can exist without the other: a crash
in between rolls both back and the retry starts afresh. While a request runs it holds an advisory lock on its
key; a second one with that key does not wait but is told so (409). Only answers below 400 are kept: an error had
no effect, and after its cause is gone the same request may succeed.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any, Final

from django.db import connection
from django.http import HttpResponse, QueryDict
from django.utils import timezone
from rest_framework.request import Request

from backfill.api.errors import IdempotencyKeyConflict, IdempotencyKeyInProgress, InvalidIdempotencyKey
from backfill.api.models import KEPT_FOR, IdempotencyRecord
from backfill.tenancy.models import Company

MAX_KEY_LENGTH: Final = 255
_KEPT_HEADERS: Final = ("Content-Type", "ETag", "Location")


def idempotency_key(request: Request) -> str | None:
    """Return the request's key, None without the header; raises InvalidIdempotencyKey for an unusable one."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return None
    if not key.strip() or len(key) > MAX_KEY_LENGTH or not key.isprintable():
        raise InvalidIdempotencyKey(
            f"An Idempotency-Key has 1 to {MAX_KEY_LENGTH} printable characters.", field="Idempotency-Key"
        )
    return str(key)


def answer_once(request: Request, *, company: Company, key: str, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Return the stored answer for the key, or the new one, which is stored. Call inside `transaction.atomic`.

    Raises IdempotencyKeyInProgress while another request with the key runs, IdempotencyKeyConflict when the key
    was used for a request with another path or body.
    """
    if not _try_lock(company, key):
        raise IdempotencyKeyInProgress("A request with this Idempotency-Key is still running. Retry in a moment.")
    digest = _request_digest(request)
    stored = IdempotencyRecord.objects.filter(company=company, key=key).first()
    if stored is not None and not stored.is_expired:
        return _replayed(stored, digest)
    if stored is not None:
        stored.delete()
    response = answer()
    if response.status_code < 400:
        headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
        IdempotencyRecord.objects.create(
            company=company,
            key=key,
            request_digest=digest,
            status=response.status_code,
            headers=headers,
            body=response.content,
        )
    return response


def purge_expired_records() -> int:
    """Delete the answers older than 24 hours; return how many there were."""
    count, _ = IdempotencyRecord.objects.filter(created_at__lte=timezone.now() - KEPT_FOR).delete()
    return count


def _try_lock(company: Company, key: str) -> bool:
    """Take the key's lock until the transaction ends, without waiting.

    An INSERT of the key would wait for another transaction that inserted the same one; this does not.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"idempotency:{company.pk}:{key}"])
        row: tuple[bool] = cursor.fetchone()
    return row[0]


def _replayed(stored: IdempotencyRecord, digest: str) -> HttpResponse:
    if stored.request_digest != digest:
        raise IdempotencyKeyConflict(
            "This Idempotency-Key was used for another request within the last 24 hours. Use a new key.",
            first_used_at=stored.created_at,
        )
    response = HttpResponse(bytes(stored.body), status=stored.status, headers=stored.headers)
    response["Idempotent-Replayed"] = "true"
    return response


def _request_digest(request: Request) -> str:
    """Return a digest of contract, method, path and body, whatever the order of names or the multipart boundaries."""
    contract = getattr((request.parser_context or {}).get("view"), "contract", "")  # of the view that serves it
    digest = hashlib.sha256(f"{contract}\n{request.method}\n{request.get_full_path()}\n".encode())
    if request.FILES:
        for name, file in sorted(request.FILES.items()):
            digest.update(f"{name}\n{file.name}\n".encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    fields: Any = request.data
    if isinstance(fields, QueryDict):
        fields = {name: fields.getlist(name) for name in fields if name not in request.FILES}
    digest.update(json.dumps(fields, sort_keys=True, default=str).encode())
    return digest.hexdigest()
