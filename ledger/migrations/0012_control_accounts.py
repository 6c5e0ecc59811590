"""Which accounts are control accounts: those that have the role, and those that had it when they were posted to."""

from pathlib import Path

from django.db import migrations, models

class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0011_number_series_forward'),
        ('tenancy', '0007_queued_mail'),
    ]

    operations = [
        migrations.AddField(
            model_name='account',
            name='control',
            field=models.CharField(blank=True, choices=[('receivable', 'Receivable'), ('payable', 'Payable')], editable=False, help_text='Given by the role, for good once the account has postings.', max_length=10, null=True),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(fields=('company', 'id', 'control'), name='account_control'),
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), reverse_sql=migrations.RunSQL.noop),
    ]
