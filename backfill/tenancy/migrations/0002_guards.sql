CREATE OR REPLACE FUNCTION tenancy_accessevent_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the trail of access cannot be changed' USING ERRCODE = 'BF003';
END $$;
CREATE OR REPLACE TRIGGER tenancy_accessevent_immutable BEFORE UPDATE OR DELETE ON tenancy_accessevent
FOR EACH ROW EXECUTE FUNCTION tenancy_accessevent_immutable();


CREATE OR REPLACE FUNCTION tenancy_every_company() RETURNS void LANGUAGE sql AS '';

CREATE OR REPLACE FUNCTION tenancy_company_of_token(hash text) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    named text := coalesce(current_setting('backfill.company_id', true), '');
    found uuid;
BEGIN
    PERFORM set_config('backfill.company_id', '', true);
    SELECT company_id INTO found FROM (
        SELECT company_id FROM tenancy_apikey WHERE token_hash = hash
        UNION ALL SELECT company_id FROM tenancy_sessiontoken WHERE token_hash = hash
        UNION ALL SELECT company_id FROM tenancy_invitation WHERE token_hash = hash
    ) known LIMIT 1;
    PERFORM set_config('backfill.company_id', named, true);
    RETURN found;
END $$;
CREATE OR REPLACE FUNCTION tenancy_memberships_of(person uuid) RETURNS SETOF tenancy_membership
    LANGUAGE plpgsql SECURITY DEFINER ROWS 10 AS $$
DECLARE
    named text := coalesce(current_setting('backfill.company_id', true), '');
BEGIN
    PERFORM set_config('backfill.company_id', '', true);
    RETURN QUERY SELECT * FROM tenancy_membership WHERE user_id = person;
    PERFORM set_config('backfill.company_id', named, true);
END $$;
CREATE OR REPLACE FUNCTION tenancy_end_sessions_of(person uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    named text := coalesce(current_setting('backfill.company_id', true), '');
BEGIN
    PERFORM set_config('backfill.company_id', '', true);
    UPDATE tenancy_sessiontoken SET ended_at = now() WHERE user_id = person AND ended_at IS NULL;
    PERFORM set_config('backfill.company_id', named, true);
END $$;
DO $$
DECLARE
    look_up regprocedure;
BEGIN
    FOREACH look_up IN ARRAY ARRAY['tenancy_company_of_token(text)', 'tenancy_memberships_of(uuid)',
        'tenancy_end_sessions_of(uuid)']::regprocedure[]
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', look_up, current_schema());
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION tenancy_every_company(), tenancy_company_of_token(text), tenancy_memberships_of(uuid),
    tenancy_end_sessions_of(uuid) FROM PUBLIC;
ALTER TABLE tenancy_apikey ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenancy_apikey FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenancy_apikey_company ON tenancy_apikey;
CREATE POLICY tenancy_apikey_company ON tenancy_apikey USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE tenancy_membership ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenancy_membership FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenancy_membership_company ON tenancy_membership;
CREATE POLICY tenancy_membership_company ON tenancy_membership USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE tenancy_invitation ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenancy_invitation FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenancy_invitation_company ON tenancy_invitation;
CREATE POLICY tenancy_invitation_company ON tenancy_invitation USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE tenancy_sessiontoken ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenancy_sessiontoken FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenancy_sessiontoken_company ON tenancy_sessiontoken;
CREATE POLICY tenancy_sessiontoken_company ON tenancy_sessiontoken USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE tenancy_accessevent ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenancy_accessevent FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenancy_accessevent_company ON tenancy_accessevent;
CREATE POLICY tenancy_accessevent_company ON tenancy_accessevent USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), company_id IS NULL OR (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));
ALTER TABLE tenancy_contactmessage ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenancy_contactmessage FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenancy_contactmessage_company ON tenancy_contactmessage;
CREATE POLICY tenancy_contactmessage_company ON tenancy_contactmessage USING (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE')))) WITH CHECK (coalesce(company_id = (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid), company_id IS NULL OR (SELECT nullif(current_setting('backfill.company_id', true), '')::uuid) IS NULL AND (SELECT has_function_privilege('tenancy_every_company()'::regprocedure, 'EXECUTE'))));

DO $$
DECLARE
    guard regprocedure;
BEGIN
    FOR guard IN
        SELECT p.oid FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
            AND p.proname LIKE 'tenancy\_%' AND p.prorettype = 'trigger'::regtype
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', guard, current_schema());
    END LOOP;
END $$;
