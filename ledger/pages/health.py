"""The proof of the books: the latest outcome, and a button that has them proven anew.

While they are being proven the page asks again by itself; its address says since when it waits.
"""

from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.errors import DomainError
from backfill.waking import tell_worker
from backfill.workspace.pages import ActionPage, Page
from ledger.currencies.rates import published_until, rates_until
from ledger.models import BooksCheck
from ledger.pages.rates import published_rates
from ledger.tasks import check_company_books

_LONGEST_PROOF: Final = timedelta(hours=1)


class WorkersAway(DomainError):
    code = "SERVICE_UNAVAILABLE"
    status = 503


class HealthPage(Page):
    title = gettext_lazy("Health of the books")
    template_name = "ledger/health.html"
    permission = "ledger.view"

    def context(self) -> dict[str, Any]:
        checks = BooksCheck.objects.filter(company=self.company).annotate(rates_until=rates_until())
        history = list(checks.order_by("-finished_at")[:20])
        latest = history[0].rates_until if history else published_until()
        return {
            "is_waiting": self._is_waiting(history[0] if history else None),
            "check": history[0] if history else None,
            "history": history,
            **published_rates(self.company, latest),
        }

    def _is_waiting(self, latest: BooksCheck | None) -> bool:
        """Whether a proof that was asked for has not come yet."""
        try:
            since = datetime.fromisoformat(self.request.GET.get("since", ""))
        except ValueError:
            return False
        now = timezone.now()
        if since.tzinfo is None or not now - _LONGEST_PROOF < since <= now:
            return False
        return latest is None or latest.finished_at <= since


class ProveBooks(ActionPage):
    permission = "ledger.post"

    since: datetime | None = None

    def back(self) -> str:
        page = reverse("admin:health")
        return f"{page}?{urlencode({'since': self.since.isoformat()})}" if self.since else page

    def act(self) -> str:
        since = timezone.now()
        if not tell_worker(check_company_books.name, self.company.pk):
            raise WorkersAway(
                _("No worker can be reached at the moment. The books are proven every night all the same.")
            )
        self.since = since
        return _("The books are being proven. The outcome appears here by itself.")
