"""Put the rules of mailings, dunning and recurring invoices into PostgreSQL itself."""

from django.db import migrations

from receivables.collecting_guards import install_sql


class Migration(migrations.Migration):
    dependencies = [("receivables", "0003_collecting")]

    operations = [migrations.RunSQL(install_sql(), reverse_sql=migrations.RunSQL.noop)]
