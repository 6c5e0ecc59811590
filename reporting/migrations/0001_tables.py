import backfill.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tenancy', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='DatevExport',
            fields=[
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Being written'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=10)),
                ('entry_count', models.PositiveIntegerField(help_text='Entries in the range when it was asked for.')),
                ('name', models.CharField(help_text='To offer the file under.', max_length=100)),
                ('storage_name', models.CharField(blank=True, max_length=255)),
                ('failure', models.CharField(blank=True, max_length=1000)),
                ('requested_by', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.company')),
            ],
            options={
                'indexes': [models.Index(fields=['company', '-created_at'], name='datev_export_by_creation')],
                'constraints': [models.UniqueConstraint(fields=('id', 'company'), name='datev_export_company_id'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'done'), _negated=True), models.Q(('storage_name', ''), _negated=True), _connector='OR'), name='datev_export_done_has_file')],
            },
        ),
    ]
