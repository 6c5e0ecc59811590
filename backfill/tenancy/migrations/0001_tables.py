import backfill.ids
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('full_name', models.CharField(blank=True, max_length=200)),
                ('is_active', models.BooleanField(default=True)),
                ('is_staff', models.BooleanField(default=True, help_text='May sign in to the admin.')),
                ('language', models.CharField(blank=True, choices=[('en', 'English'), ('de', 'Deutsch')], default='', help_text="Of pages and mails; empty: the company's.", max_length=2)),
                ('mails_mentions', models.BooleanField(default=True, help_text='Mailed when somebody names them in a comment.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_unique_ci')],
            },
        ),
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('legal_name', models.CharField(blank=True, max_length=200)),
                ('country', models.CharField(blank=True, help_text='ISO 3166-1 alpha-2', max_length=2)),
                ('base_currency', models.CharField(help_text='ISO 4217; fixed once anything is posted', max_length=3)),
                ('fiscal_year_start_month', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)])),
                ('language', models.CharField(blank=True, choices=[('en', 'English'), ('de', 'Deutsch')], default='', help_text='Of pages; empty: what the browser asks for.', max_length=2)),
                ('time_zone', models.CharField(default='UTC', max_length=64)),
                ('chart', models.CharField(choices=[('us', 'US GAAP small business'), ('ifrs', 'IFRS generic'), ('skr03', 'DATEV SKR03'), ('skr04', 'DATEV SKR04')], max_length=10)),
                ('address', models.JSONField(blank=True, default=dict)),
                ('vat_id', models.CharField(blank=True, max_length=20)),
                ('tax_number', models.CharField(blank=True, max_length=30)),
                ('iban', models.CharField(blank=True, max_length=34)),
                ('bic', models.CharField(blank=True, max_length=11)),
                ('creditor_id', models.CharField(blank=True, help_text='SEPA creditor identifier (BT-90).', max_length=35)),
                ('further_accounts', models.JSONField(blank=True, default=list, help_text='More accounts to pay into: objects with iban, bic and name.')),
                ('legal_form', models.CharField(blank=True, max_length=100)),
                ('registered_office', models.CharField(blank=True, max_length=100)),
                ('register_court', models.CharField(blank=True, max_length=100)),
                ('register_number', models.CharField(blank=True, max_length=50)),
                ('directors', models.CharField(blank=True, help_text='Everyone who manages the company, and the chair of its supervisory board.', max_length=500)),
                ('tax_representative', models.JSONField(blank=True, default=dict, help_text='Name, vat_id and address of the tax representative (BG-11), if any.')),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('phone', models.CharField(blank=True, max_length=50)),
                ('datev_consultant_number', models.PositiveIntegerField(blank=True, null=True)),
                ('datev_client_number', models.PositiveIntegerField(blank=True, null=True)),
                ('sales_tax_code', models.CharField(blank=True, help_text='The tax code of sales that nothing else gives one.', max_length=20)),
                ('advances_taxed_from', models.DateField(blank=True, help_text='The first day on which what customers pay in advance is taxed (§ 13 UStG); none: it is not.', null=True)),
                ('requires_approval', models.BooleanField(default=False, help_text='Documents and journal entries must be approved by a second person before they post.')),
                ('requires_two_factor', models.BooleanField(default=False, help_text='Members sign in with a second factor, through every door.')),
                ('allows_negative_inventory', models.BooleanField(default=False)),
                ('own_rate_days', models.PositiveSmallIntegerField(default=31, help_text="Days after its date for which an exchange rate of the company's own is taken.", validators=[django.core.validators.MaxValueValidator(3660)])),
                ('ecb_rate_days', models.PositiveSmallIntegerField(default=7, help_text='Days after its date for which a reference rate of the European Central Bank is taken.', validators=[django.core.validators.MaxValueValidator(3660)])),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'verbose_name_plural': 'companies',
                'ordering': ('name',),
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='company_name_once'), models.CheckConstraint(condition=models.Q(('fiscal_year_start_month__range', (1, 12))), name='company_fiscal_year_start_month'), models.CheckConstraint(condition=models.Q(('chart__in', ('us', 'ifrs', 'skr03', 'skr04'))), name='company_chart_known')],
            },
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100)),
                ('contract', models.CharField(choices=[('backfill', 'Backfill'), ('books', 'Bookkeeping')], default='backfill', max_length=10)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None)),
                ('prefix', models.CharField(help_text='The first characters of the token, to recognise it by.', max_length=16)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(blank=True, help_text='The person answerable for the key; empty for one made on the command line.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='api_keys', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_keys', to='tenancy.company')),
            ],
            options={
                'verbose_name': 'API key',
                'ordering': ('-created_at',),
                'constraints': [models.CheckConstraint(condition=models.Q(('contract__in', ('backfill', 'books'))), name='api_key_contract_known')],
            },
        ),
        migrations.CreateModel(
            name='AccessEvent',
            fields=[
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('verb', models.CharField(choices=[('company_created', 'Company created'), ('company_changed', 'Company settings changed'), ('invited', 'Invited'), ('invitation_revoked', 'Invitation withdrawn'), ('joined', 'Became a member'), ('role_changed', 'Role changed'), ('access_ended', 'Access ended'), ('api_key_created', 'API key created'), ('api_key_revoked', 'API key revoked'), ('api_key_taken_over', 'API key taken over'), ('signed_in', 'Signed in'), ('password_set', 'Password set'), ('two_factor_on', 'Two-factor sign-in switched on'), ('two_factor_off', 'Two-factor sign-in switched off'), ('two_factor_reset', 'Two-factor sign-in reset by an admin')], max_length=30)),
                ('detail', models.JSONField(blank=True, default=dict)),
                ('actor_label', models.CharField(max_length=254)),
                ('actor_surface', models.CharField(max_length=20)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='access_events', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='access_events', to='tenancy.company')),
            ],
            options={
                'indexes': [models.Index(fields=['company', '-at'], name='access_event_by_company'), models.Index(fields=['user', '-at'], name='access_event_by_user')],
            },
        ),
        migrations.CreateModel(
            name='ContactMessage',
            fields=[
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('email', models.EmailField(help_text='Where to answer.', max_length=254)),
                ('message', models.TextField(max_length=5000)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('mailed_at', models.DateTimeField(blank=True, null=True)),
                ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.company')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-created_at',),
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254)),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('admin', 'Admin'), ('bookkeeper', 'Bookkeeper'), ('approver', 'Approver'), ('viewer', 'Viewer'), ('auditor', 'Auditor')], max_length=20)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('token_hash', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='tenancy.company')),
                ('invited_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('accepted_at__isnull', True), ('revoked_at__isnull', True)), fields=('company', 'email'), name='invitation_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('role', 'auditor'), _negated=True), ('ends_on__isnull', False), _connector='OR'), name='invitation_auditor_has_end_date'), models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'admin', 'bookkeeper', 'approver', 'viewer', 'auditor'])), name='invitation_role_known')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('admin', 'Admin'), ('bookkeeper', 'Bookkeeper'), ('approver', 'Approver'), ('viewer', 'Viewer'), ('auditor', 'Auditor')], max_length=20)),
                ('ends_on', models.DateField(blank=True, help_text='Last day of access, inclusive.', null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('ended_at', models.DateTimeField(blank=True, help_text='When the access was taken away.', null=True)),
                ('last_used_at', models.DateTimeField(blank=True, help_text='When the person last chose this company.', null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='tenancy.company')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('created_at',),
                'constraints': [models.UniqueConstraint(fields=('company', 'user'), name='membership_once_per_company'), models.CheckConstraint(condition=models.Q(models.Q(('role', 'auditor'), _negated=True), ('ends_on__isnull', False), _connector='OR'), name='membership_auditor_has_end_date'), models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'admin', 'bookkeeper', 'approver', 'viewer', 'auditor'])), name='membership_role_known')],
            },
        ),
        migrations.CreateModel(
            name='PasswordToken',
            fields=[
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='password_tokens', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='QueuedMail',
            fields=[
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('password_reset', 'Password reset'), ('invitation', 'Invitation'), ('contact', 'Contact'), ('mention', 'Mention')], max_length=20)),
                ('about', models.CharField(max_length=320)),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('sent', 'Sent'), ('failed', 'Failed'), ('needless', 'Needless')], default='queued', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('error', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('next_try_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('status', 'queued')), fields=['next_try_at'], name='queued_mail_due'), models.Index(fields=['kind', 'about', 'finished_at'], name='queued_mail_about')],
            },
        ),
        migrations.CreateModel(
            name='SessionToken',
            fields=[
                ('id', models.UUIDField(default=backfill.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='session_tokens', to='tenancy.company')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='session_tokens', to=settings.AUTH_USER_MODEL)),
            ],
        ),
    ]
