"""django-hordak posts two-line entries, as its documentation tells to."""

import os
import sys
from datetime import date

import dj_database_url
import django
from django.conf import settings

settings.configure(
    DATABASES={"default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=600)},
    INSTALLED_APPS=[
        *("django.contrib.contenttypes", "django.contrib.auth", "mptt", "djmoney", "hordak"),
    ],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
    SECRET_KEY="benchmark",
    DEFAULT_CURRENCY="USD",
    CURRENCIES=["USD"],
    HORDAK_INTERNAL_CURRENCY="USD",
)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from hordak.models import Account, AccountType, Leg, Transaction  # noqa: E402
from moneyed import Money  # noqa: E402


def post(cash: Account, sales: Account) -> None:
    amount = Money("100.00", "USD")
    with transaction.atomic():
        entry = Transaction.objects.create(date=date(2026, 1, 15), description="Sale")
        Leg.objects.create(transaction=entry, account=cash, debit=amount)
        Leg.objects.create(transaction=entry, account=sales, credit=amount)


def main() -> None:
    call_command("migrate", verbosity=0)
    cash = Account.objects.create(name="Cash", code="1", type=AccountType.asset, currencies=["USD"])
    sales = Account.objects.create(name="Sales", code="4", type=AccountType.income, currencies=["USD"])
    for _ in range(20):
        post(cash, sales)
    with CaptureQueriesContext(connection) as captured:
        post(cash, sales)
    print(len(captured), flush=True)
    for count in sys.stdin:
        for _ in range(int(count)):
            post(cash, sales)
        print("done", flush=True)


if __name__ == "__main__":
    main()
