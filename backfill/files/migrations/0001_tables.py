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
            name='StoredFile',
            fields=[
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('sha256', models.CharField(max_length=64)),
                ('mime_type', models.CharField(max_length=100)),
                ('original_name', models.CharField(max_length=255)),
                ('size', models.PositiveIntegerField(help_text='Bytes.')),
                ('storage_name', models.CharField(max_length=255)),
                ('uploaded_by', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='tenancy.company')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('company', 'id'), name='document_company_id'), models.UniqueConstraint(fields=('company', 'sha256'), name='document_content_once')],
            },
        ),
    ]
