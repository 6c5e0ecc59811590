import backfill.ids
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tenancy', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='FormSubmission',
            fields=[
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('request_id', models.UUIDField(help_text='Made when the form was shown.')),
                ('digest', models.CharField(help_text='SHA-256 of path, fields and files.', max_length=64)),
                ('location', models.TextField(blank=True, help_text='The page that followed; empty where the answer was the page.')),
                ('created_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'request_id', 'digest'), name='form_submission_once')],
            },
        ),
    ]
