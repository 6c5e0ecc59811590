from django.db import migrations, models

# Customers from before have none; they get theirs in the order in which they came, after the highest one given.
NUMBER = """
UPDATE receivables_customer c SET personal_account = n.number::text FROM (
    SELECT r.id, (SELECT coalesce(max(o.personal_account::integer), 9999) FROM receivables_customer o
        WHERE o.company_id = r.company_id AND o.personal_account ~ '^[0-9]{5}$'
        AND o.personal_account::integer BETWEEN 10000 AND 69999)
        + row_number() OVER (PARTITION BY r.company_id ORDER BY r.created_at, r.id) AS number
    FROM receivables_customer r JOIN tenancy_company y ON y.id = r.company_id AND y.chart IN ('skr03', 'skr04')
    WHERE r.personal_account = ''
) n WHERE n.id = c.id AND n.number <= 69999
"""
SINGLE = """
UPDATE receivables_customer c SET personal_account = '' WHERE personal_account <> '' AND EXISTS (
    SELECT FROM receivables_customer o WHERE o.company_id = c.company_id AND o.personal_account = c.personal_account
    AND (o.created_at, o.id) < (c.created_at, c.id))
"""


class Migration(migrations.Migration):
    # PostgreSQL adds no constraint to a table with deferred triggers pending.
    atomic = False

    dependencies = [("receivables", "0008_billing_facts")]

    operations = [
        migrations.RunSQL(SINGLE, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(NUMBER, reverse_sql=migrations.RunSQL.noop),
        migrations.AddConstraint(
            "customer",
            models.UniqueConstraint(
                fields=["company", "personal_account"],
                condition=~models.Q(personal_account=""),
                name="customer_personal_account",
            ),
        ),
    ]
