"""What stands beside records: a comment stays as it was said until its author takes it back, and whoever is named in
one is a member of the company."""

BESIDE = """
CREATE FUNCTION ledger_guard_comment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.deleted_at IS NOT NULL OR NEW.deleted_at IS NULL
        OR to_jsonb(NEW) - ARRAY['text', 'deleted_at'] <> to_jsonb(OLD) - ARRAY['text', 'deleted_at'] THEN
        RAISE EXCEPTION 'comment % stays as it was said; its author may take it back', OLD.id USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_comment_stays BEFORE UPDATE OR DELETE ON ledger_comment
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_comment();

CREATE FUNCTION ledger_guard_mention() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'read_at' <> to_jsonb(OLD) - 'read_at' THEN
        RAISE EXCEPTION 'mention % stays; it can be read', OLD.id USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_mention_stays BEFORE UPDATE OR DELETE ON ledger_mention
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_mention();

ALTER TABLE ledger_mention ADD CONSTRAINT ledger_mention_user_is_member
    FOREIGN KEY (company_id, user_id) REFERENCES tenancy_membership (company_id, user_id);
ALTER TABLE ledger_comment ADD CONSTRAINT ledger_comment_author_is_member
    FOREIGN KEY (company_id, author_id) REFERENCES tenancy_membership (company_id, user_id);
"""
