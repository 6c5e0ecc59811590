"""Mailings of statements: a further kind, about a customer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("receivables", "0004_collecting_guards")]

    operations = [
        migrations.AlterField(
            model_name="mailing",
            name="kind",
            field=models.CharField(
                choices=[
                    ("invoice", "Invoice"),
                    ("credit_memo", "Credit memo"),
                    ("reminder", "Reminder"),
                    ("statement", "Statement"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="mailing",
            name="subject_id",
            field=models.UUIDField(
                help_text="The invoice, credit memo, dunning proposal or, of a statement, customer."
            ),
        ),
    ]
