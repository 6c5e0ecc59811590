"""Entries settle each other through open items."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0012_control_accounts")]

    operations = [migrations.DeleteModel(name="Settlement")]
