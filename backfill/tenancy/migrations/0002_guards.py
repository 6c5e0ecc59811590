"""Let PostgreSQL itself keep the trail of access append-only."""

from django.db import migrations

INSTALL = """
CREATE FUNCTION tenancy_accessevent_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the trail of access cannot be changed' USING ERRCODE = 'BF003';
END $$;

CREATE TRIGGER tenancy_accessevent_immutable BEFORE UPDATE OR DELETE ON tenancy_accessevent
FOR EACH ROW EXECUTE FUNCTION tenancy_accessevent_immutable();
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]

    operations = [migrations.RunSQL(INSTALL, reverse_sql=migrations.RunSQL.noop)]
