"""Put the rules of receivables into PostgreSQL itself."""

from django.db import migrations

from receivables.guards import install_sql


class Migration(migrations.Migration):
    dependencies = [("receivables", "0001_initial"), ("ledger", "0003_items"), ("files", "0001_initial")]

    operations = [migrations.RunSQL(install_sql(), reverse_sql=migrations.RunSQL.noop)]
