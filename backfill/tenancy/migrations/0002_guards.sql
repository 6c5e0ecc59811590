CREATE FUNCTION tenancy_accessevent_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the trail of access cannot be changed' USING ERRCODE = 'BF003';
END $$;

CREATE TRIGGER tenancy_accessevent_immutable BEFORE UPDATE OR DELETE ON tenancy_accessevent
FOR EACH ROW EXECUTE FUNCTION tenancy_accessevent_immutable();
