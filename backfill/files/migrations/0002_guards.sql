CREATE FUNCTION files_storedfile_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - 'storage_name') = (to_jsonb(OLD) - 'storage_name') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'document % cannot be changed or deleted', OLD.id USING ERRCODE = 'BF003';
END $$;

CREATE TRIGGER files_storedfile_immutable BEFORE UPDATE OR DELETE ON files_storedfile
FOR EACH ROW EXECUTE FUNCTION files_storedfile_immutable();

ALTER TABLE files_storedfile ENABLE ROW LEVEL SECURITY;
ALTER TABLE files_storedfile FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS files_storedfile_company ON files_storedfile;
CREATE POLICY files_storedfile_company ON files_storedfile USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
