"""The proof of the books: the latest outcome, and a button that has them proven anew."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.errors import DomainError
from backfill.waking import tell_worker
from backfill.workspace.pages import ActionPage, Page
from ledger.currencies.rates import published_until, rates_until
from ledger.models import BooksCheck
from ledger.pages.rates import published_rates
from ledger.tasks import check_company_books


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
            "check": history[0] if history else None,
            "history": history,
            **published_rates(self.company, latest),
        }


class ProveBooks(ActionPage):
    permission = "ledger.post"

    def back(self) -> str:
        return reverse("admin:health")

    def act(self) -> str:
        if not tell_worker(check_company_books.name, self.company.pk):
            raise WorkersAway(
                _("No worker can be reached at the moment. The books are proven every night all the same.")
            )
        return _("The books are being proven. Reload this page in a moment.")
