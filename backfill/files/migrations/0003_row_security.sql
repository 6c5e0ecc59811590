ALTER TABLE files_document ENABLE ROW LEVEL SECURITY;
ALTER TABLE files_document FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS files_document_company ON files_document;
CREATE POLICY files_document_company ON files_document USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
