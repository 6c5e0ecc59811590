"""Give every company what its chart of accounts has gained, such as tax codes of other years."""

from typing import Any

from django.core.management.base import BaseCommand

from backfill.tenancy.models import Company
from ledger.accounts.charts import update_chart


class Command(BaseCommand):
    help = "Add the accounts and tax codes that the charts have gained to every company. Safe to repeat."

    def handle(self, *arguments: Any, **options: Any) -> None:
        companies = list(Company.objects.order_by("name"))
        for company in companies:
            update_chart(company)
        self.stdout.write(f"{len(companies)} companies have what their charts have.")
