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
            name='NumberSeries',
            fields=[
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('document_type', models.CharField(max_length=40)),
                ('year', models.PositiveSmallIntegerField(default=0, help_text='0: the series runs on from year to year.')),
                ('prefix', models.CharField(blank=True, max_length=20)),
                ('padding', models.PositiveSmallIntegerField(default=4)),
                ('next_number', models.PositiveBigIntegerField(default=1001)),
                ('issued', models.PositiveBigIntegerField(default=0, help_text='How many numbers it has given out.')),
                ('shows_year', models.BooleanField(default=False)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='number_series', to='tenancy.company')),
            ],
            options={
                'verbose_name_plural': 'number series',
                'constraints': [models.UniqueConstraint(fields=('company', 'document_type', 'year'), name='number_series_once'), models.CheckConstraint(condition=models.Q(('next_number__gte', 1), ('padding__lte', 12)), name='number_series_sane')],
            },
        ),
    ]
