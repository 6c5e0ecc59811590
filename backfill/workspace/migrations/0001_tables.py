import backfill.ids
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tenancy', '0001_tables'),
        ('tenancy', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='BulkRun',
            fields=[
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('list_key', models.CharField(max_length=40)),
                ('step', models.CharField(max_length=40)),
                ('values', models.JSONField(blank=True, default=dict, help_text='What else was asked, such as a reason.')),
                ('language', models.CharField(help_text='The language of its messages.', max_length=10)),
                ('row_count', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('touched_at', models.DateTimeField(auto_now_add=True, help_text='When a worker last took up a row.')),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.company')),
                ('user', models.ForeignKey(help_text='Who asked for it.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['company', '-created_at'], name='bulk_run_by_creation'), models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['touched_at'], name='bulk_run_unfinished')],
                'constraints': [models.UniqueConstraint(fields=('id', 'company'), name='bulk_run_company_id')],
            },
        ),
        migrations.CreateModel(
            name='BulkRow',
            fields=[
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveIntegerField()),
                ('subject_id', models.UUIDField()),
                ('label', models.CharField(max_length=200)),
                ('link', models.CharField(blank=True, max_length=200)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done'), ('refused', 'Not done'), ('failed', 'Failed')], default='waiting', max_length=10)),
                ('message', models.TextField(blank=True)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.company')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='workspace.bulkrun')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['run', 'position'], name='bulk_row_waiting')],
                'constraints': [models.UniqueConstraint(fields=('run', 'position'), name='bulk_row_position'), models.UniqueConstraint(fields=('run', 'subject_id'), name='bulk_row_once'), models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'done', 'refused', 'failed'])), name='bulk_row_state_known')],
            },
        ),
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
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('list_key', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=60)),
                ('query', models.CharField(blank=True, help_text='Filters and order, as a query string.', max_length=2000)),
                ('is_default', models.BooleanField(default=False, help_text='Shown when the list is opened.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.company')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'user', 'list_key', 'name'), name='saved_view_name'), models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('company', 'user', 'list_key'), name='saved_view_one_default')],
            },
        ),
    ]
