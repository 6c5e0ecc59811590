from pathlib import Path

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_stock_movement_by_day")]

    operations = [
        migrations.AddField(
            "journalentry",
            "stated_number",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="The entry's number in the system it is from.",
                max_length=100,
            ),
        ),
        migrations.AddField(
            "journalentry",
            "amended_memo",
            models.CharField(
                blank=True,
                help_text="What its source says since it was posted; not in the hash.",
                max_length=500,
                null=True,
            ),
        ),
        migrations.AddField(
            "journalentry",
            "amended_metadata",
            models.JSONField(blank=True, help_text="The same of its metadata.", null=True),
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), reverse_sql=migrations.RunSQL.noop),
    ]
