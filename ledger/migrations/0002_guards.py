"""Put the invariants of the ledger into PostgreSQL itself."""

from django.db import migrations

from ledger.guards import install_sql


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("tenancy", "0001_initial"), ("files", "0001_initial")]

    operations = [migrations.RunSQL(install_sql(), reverse_sql=migrations.RunSQL.noop)]
