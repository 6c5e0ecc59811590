"""django-ledger posts two-line entries through `commit_txs`, the call its documentation gives for that."""

import os
import sys
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import dj_database_url
import django
from django.conf import settings

settings.configure(
    DATABASES={"default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=600)},
    INSTALLED_APPS=[
        *("django.contrib.admin", "django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"),
        *("django.contrib.messages", "django_ledger"),
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    SECRET_KEY="benchmark",
)
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django_ledger.models.entity import EntityModel  # noqa: E402


def post(ledger: Any, cash: Any, sales: Any) -> None:
    lines = [
        {"account": cash, "amount": Decimal("100.00"), "tx_type": "debit", "description": "Sale"},
        {"account": sales, "amount": Decimal("100.00"), "tx_type": "credit", "description": "Sale"},
    ]
    ledger.commit_txs(je_timestamp=datetime(2026, 1, 15, tzinfo=UTC), je_txs=lines, je_posted=True, je_desc="Sale")


def main() -> None:
    call_command("migrate", verbosity=0)
    user = get_user_model().objects.create_user("benchmark")
    entity = EntityModel.create_entity(name="Benchmark", use_accrual_method=True, admin=user, fy_start_month=1)
    chart = entity.create_chart_of_accounts(assign_as_default=True, commit=True, coa_name="Chart")
    entity.populate_default_coa(coa_model=chart, activate_accounts=True)
    ledger = entity.create_ledger(name="Journal", posted=True)
    accounts = entity.get_default_coa_accounts()
    cash, sales = accounts.get(role="asset_ca_cash"), accounts.filter(role="in_operational").first()
    for _ in range(20):
        post(ledger, cash, sales)
    with CaptureQueriesContext(connection) as captured:
        post(ledger, cash, sales)
    print(len(captured), flush=True)
    for count in sys.stdin:
        for _ in range(int(count)):
            post(ledger, cash, sales)
        print("done", flush=True)


if __name__ == "__main__":
    main()
