"""The proof of the books: the latest outcome, and a button that has them proven anew."""

from typing import Any

from django.urls import reverse

from backfill.workspace.pages import ActionPage, Page
from ledger.checks import latest_check
from ledger.models import BooksCheck
from ledger.tasks import check_company_books


class HealthPage(Page):
    title = "Health of the books"
    template_name = "ledger/health.html"
    permission = "ledger.view"

    def context(self) -> dict[str, Any]:
        history = BooksCheck.objects.filter(company=self.company).order_by("-finished_at")[:20]
        return {"check": latest_check(self.company), "history": history}


class ProveBooks(ActionPage):
    permission = "ledger.post"

    def back(self) -> str:
        return reverse("admin:health")

    def act(self) -> str:
        check_company_books.delay(str(self.company.pk))
        return "The books are being proven. Reload this page in a moment."
