ALTER TABLE reporting_datevexport ENABLE ROW LEVEL SECURITY;
ALTER TABLE reporting_datevexport FORCE ROW LEVEL SECURITY;
CREATE POLICY reporting_datevexport_company ON reporting_datevexport USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL)) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL));
