import backfill.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('ledger', '0001_tables'),
        ('tenancy', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('type', models.CharField(choices=[('good', 'Good'), ('service', 'Service')], default='good', max_length=10)),
                ('name', models.CharField(max_length=255)),
                ('sku', models.CharField(blank=True, max_length=100)),
                ('description', models.TextField(blank=True)),
                ('unit_label', models.CharField(blank=True, max_length=50)),
                ('unit_price', models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True)),
                ('purchase_cost', models.DecimalField(blank=True, decimal_places=6, help_text='What one costs to buy, in base currency.', max_digits=20, null=True)),
                ('is_sold', models.BooleanField(default=True)),
                ('is_purchased', models.BooleanField(default=True)),
                ('is_active', models.BooleanField(default=True)),
                ('tax_code', models.CharField(blank=True, help_text='The tax code its lines start with.', max_length=20)),
                ('track_inventory', models.BooleanField(default=False, help_text='Its stock is counted and valued.')),
                ('quantity_on_hand', models.DecimalField(decimal_places=6, default=0, max_digits=20)),
                ('inventory_value', models.DecimalField(decimal_places=4, default=0, help_text='Of the quantity on hand, in base currency.', max_digits=20)),
                ('last_cost', models.DecimalField(decimal_places=6, default=0, help_text='Cost of one at the last movement, in base currency.', max_digits=20)),
                ('reorder_point', models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True)),
                ('class_id', models.CharField(blank=True, max_length=100)),
                ('preferred_vendor_id', models.CharField(blank=True, max_length=100)),
                ('subsidiary_id', models.CharField(blank=True, max_length=100)),
                ('source_system', models.CharField(blank=True, max_length=50)),
                ('source_id', models.CharField(blank=True, max_length=200)),
                ('connection_id', models.CharField(blank=True, max_length=100)),
                ('metadata', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('asset_account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('cogs_account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='tenancy.company')),
                ('expense_account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('revenue_account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
            ],
            options={
                'ordering': ('name',),
                'indexes': [models.Index(fields=['company', 'name'], name='item_by_name')],
                'constraints': [models.UniqueConstraint(fields=('id', 'company'), name='item_company_id'), models.UniqueConstraint(condition=models.Q(('sku', ''), _negated=True), fields=('company', 'sku'), name='item_sku_unique'), models.UniqueConstraint(condition=models.Q(('source_id', ''), _negated=True), fields=('company', 'source_system', 'connection_id', 'source_id'), name='item_source_identity'), models.CheckConstraint(condition=models.Q(('type__in', ['good', 'service'])), name='item_type_known'), models.CheckConstraint(condition=models.Q(('track_inventory', False), ('type', 'good'), _connector='OR'), name='item_only_goods_have_stock'), models.CheckConstraint(condition=models.Q(('track_inventory', True), models.Q(('inventory_value', 0), ('quantity_on_hand', 0)), _connector='OR'), name='item_stock_is_tracked')],
            },
        ),
        migrations.CreateModel(
            name='ItemLocation',
            fields=[
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('location_id', models.CharField(blank=True, max_length=100)),
                ('quantity_on_hand', models.DecimalField(decimal_places=6, default=0, max_digits=20)),
                ('reorder_point', models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.company')),
                ('item', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='locations', to='inventory.item')),
            ],
            options={
                'ordering': ('location_id',),
                'constraints': [models.UniqueConstraint(fields=('item', 'location_id'), name='item_location_once')],
            },
        ),
        migrations.CreateModel(
            name='StockMovement',
            fields=[
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('location_id', models.CharField(blank=True, max_length=100)),
                ('moved_on', models.DateField()),
                ('quantity', models.DecimalField(decimal_places=6, max_digits=20)),
                ('value', models.DecimalField(decimal_places=4, max_digits=20)),
                ('correction', models.DecimalField(decimal_places=4, default=0, help_text='Charged to the cost of sales beside it.', max_digits=20)),
                ('reason', models.CharField(help_text='sale, return, purchase, opening, adjustment, void', max_length=30)),
                ('subject_type', models.CharField(blank=True, max_length=40)),
                ('subject_id', models.UUIDField(blank=True, null=True)),
                ('line_id', models.UUIDField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('company', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.company')),
                ('entry', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.journalentry')),
                ('item', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='inventory.item')),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'item', '-created_at'], name='stock_movement_by_item'), models.Index(fields=['company', 'item', '-moved_on'], name='stock_movement_by_day'), models.Index(fields=['company', 'subject_id'], name='stock_movement_by_subject')],
            },
        ),
    ]
