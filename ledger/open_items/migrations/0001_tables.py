import backfill.ids
import django.db.models.deletion
import django.db.models.expressions
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('ledger', '0001_tables'),
        ('tenancy', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='ControlDay',
            fields=[
                ('pk', models.CompositePrimaryKey('company_id', 'account_id', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('journal', models.DecimalField(db_default=Decimal('0'), decimal_places=4, default=Decimal('0'), max_digits=24)),
                ('items', models.DecimalField(db_default=Decimal('0'), decimal_places=4, default=Decimal('0'), max_digits=24)),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.company')),
            ],
        ),
        migrations.CreateModel(
            name='OpenItem',
            fields=[
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('side', models.CharField(choices=[('receivable', 'Receivable'), ('payable', 'Payable')], max_length=10)),
                ('party_id', models.UUIDField(blank=True, help_text='Customer or vendor; null until it is known.', null=True)),
                ('kind', models.CharField(default='entry', help_text='The type of its document, else entry.', max_length=30)),
                ('document_id', models.UUIDField(blank=True, null=True)),
                ('number', models.CharField(help_text="The document's, else the entry's.", max_length=100)),
                ('document_date', models.DateField()),
                ('due_on', models.DateField()),
                ('currency', models.CharField(max_length=3)),
                ('rate', models.DecimalField(blank=True, decimal_places=12, help_text='Base units per unit; null: base / amount.', max_digits=24, null=True)),
                ('amount', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('base', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('embedded', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('open_amount', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('open_base', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('opened_on', models.DateField()),
                ('closed_on', models.DateField(blank=True, null=True)),
                ('undone_until', models.DateField(blank=True, help_text='The last day on which an allocation ended that had counted.', null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, help_text='The control account it is on.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('closing_entry', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.journalentry')),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.company')),
                ('entry', models.ForeignKey(db_constraint=False, db_index=False, help_text='What opened it.', on_delete=django.db.models.deletion.PROTECT, related_name='open_items', to='ledger.journalentry')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'entry'], name='open_item_of_entry'), models.Index(fields=['company', 'party_id', 'opened_on'], name='open_item_of_party'), models.Index(condition=models.Q(('open_amount', 0), _negated=True), fields=['company', 'side', 'party_id', 'due_on'], include=('opened_on', 'open_amount', 'open_base', 'amount'), name='open_item_open'), models.Index(condition=models.Q(('closed_on__isnull', False)), fields=['company', 'closed_on'], name='open_item_closed_by_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(models.Q(('amount', 0), _negated=True), ('base', 0)), models.Q(('amount__gt', 0), ('base__gt', 0)), models.Q(('amount__lt', 0), ('base__lt', 0)), _connector='OR'), name='open_item_amount'), models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('open_amount__gte', 0), ('open_amount__lte', models.F('amount'))), models.Q(('amount__lt', 0), ('open_amount__gte', models.F('amount')), ('open_amount__lte', 0)), _connector='OR'), name='open_item_open_amount'), models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('open_base__gte', 0), ('open_base__lte', models.F('base'))), models.Q(('amount__lt', 0), ('open_base__gte', models.F('base')), ('open_base__lte', 0)), _connector='OR'), name='open_item_open_base'), models.CheckConstraint(condition=models.Q(models.Q(('open_amount', 0), _negated=True), ('open_base', 0), _connector='OR'), name='open_item_settled_leaves_nothing'), models.CheckConstraint(condition=models.Q(models.Q(('open_amount', models.F('amount')), _negated=True), ('open_base', models.F('base')), _connector='OR'), name='open_item_untouched_is_whole'), models.CheckConstraint(condition=models.Q(models.Q(('closed_on__isnull', True), ('closing_entry__isnull', True)), models.Q(('closed_on__gte', models.F('opened_on')), ('closing_entry__isnull', False), ('open_amount', 0)), _connector='OR'), name='open_item_closed'), models.UniqueConstraint(condition=models.Q(('closed_on__isnull', True), ('document_id__isnull', False)), fields=('company', 'document_id'), name='open_item_of_document')],
            },
        ),
        migrations.CreateModel(
            name='Allocation',
            fields=[
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('debit_item_id', models.UUIDField()),
                ('credit_item_id', models.UUIDField()),
                ('amount', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('base_debit', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('base_credit', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=20)),
                ('difference', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(models.F('base_credit'), '-', models.F('base_debit')), output_field=models.DecimalField(decimal_places=4, max_digits=20))),
                ('applied_on', models.DateField()),
                ('undone_on', models.DateField(blank=True, null=True)),
                ('allocated_at', models.DateTimeField(blank=True, help_text='The instant the sender stated.', null=True)),
                ('allocated_by', models.CharField(blank=True, db_default='', default='', max_length=254)),
                ('undone_by', models.CharField(blank=True, db_default='', default='', max_length=254)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('company', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.company')),
                ('entry', models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='Holds the difference; null where there is none.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.journalentry')),
                ('undoing_entry', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.journalentry')),
                ('credit_item', models.ForeignObject(from_fields=('company', 'credit_item_id'), on_delete=django.db.models.deletion.DO_NOTHING, related_name='credit_allocations', to='open_items.openitem', to_fields=('company', 'id'))),
                ('debit_item', models.ForeignObject(from_fields=('company', 'debit_item_id'), on_delete=django.db.models.deletion.DO_NOTHING, related_name='debit_allocations', to='open_items.openitem', to_fields=('company', 'id'))),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'debit_item_id'], name='open_allocation_of_debit'), models.Index(fields=['company', 'credit_item_id'], name='open_allocation_of_credit'), models.Index(condition=models.Q(('undone_on__isnull', True)), fields=['company', 'applied_on'], name='open_allocation_by_day'), models.Index(condition=models.Q(('undone_on__isnull', False)), fields=['company', 'undone_on'], name='open_allocation_undone')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('base_credit__gte', 0), ('base_debit__gte', 0)), name='open_allocation_positive'), models.CheckConstraint(condition=models.Q(('undone_on__isnull', True), ('undone_on__gte', models.F('applied_on')), _connector='OR'), name='open_allocation_undone_after_done')],
            },
        ),
    ]
