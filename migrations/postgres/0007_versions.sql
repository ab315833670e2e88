-- Which of a mentor's slots may have changed: whoever keeps what they follow from asks here whether it still stands.

CREATE TABLE versions (
    mentor_id  UUID   NOT NULL PRIMARY KEY REFERENCES mentors (id),
    version    BIGINT NOT NULL,
    -- The transaction that changed it last. Those that were still under way when somebody asked have this number or a
    -- greater one than the oldest of them, so nobody misses one who asks again from there.
    changed_in BIGINT NOT NULL
);

CREATE INDEX versions_changed_in ON versions (changed_in);

-- Once for each transaction, however many rows it writes.
CREATE FUNCTION changes_slots() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    mentor UUID;
BEGIN
    IF TG_TABLE_NAME = 'mentors' THEN
        mentor := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        mentor := OLD.mentor_id;
    ELSE
        mentor := NEW.mentor_id;
    END IF;
    INSERT INTO versions AS v (mentor_id, version, changed_in)
    VALUES (mentor, 1, pg_current_xact_id()::text::bigint)
    ON CONFLICT (mentor_id) DO UPDATE SET version = v.version + 1, changed_in = excluded.changed_in
        WHERE v.changed_in <> excluded.changed_in;
    RETURN NULL;
END;
$$;

CREATE TRIGGER changes_slots AFTER INSERT OR UPDATE ON mentors
    FOR EACH ROW EXECUTE FUNCTION changes_slots();
CREATE TRIGGER changes_slots AFTER INSERT OR UPDATE OR DELETE ON session_types
    FOR EACH ROW EXECUTE FUNCTION changes_slots();
CREATE TRIGGER changes_slots AFTER INSERT OR UPDATE OR DELETE ON weekly_windows
    FOR EACH ROW EXECUTE FUNCTION changes_slots();
CREATE TRIGGER changes_slots AFTER INSERT OR UPDATE OR DELETE ON overrides
    FOR EACH ROW EXECUTE FUNCTION changes_slots();
CREATE TRIGGER changes_slots AFTER INSERT OR UPDATE OR DELETE ON override_windows
    FOR EACH ROW EXECUTE FUNCTION changes_slots();
CREATE TRIGGER changes_slots AFTER INSERT OR UPDATE OR DELETE ON recurring_overrides
    FOR EACH ROW EXECUTE FUNCTION changes_slots();
CREATE TRIGGER changes_slots AFTER INSERT OR UPDATE OR DELETE ON recurring_override_windows
    FOR EACH ROW EXECUTE FUNCTION changes_slots();
CREATE TRIGGER changes_slots AFTER INSERT OR UPDATE OR DELETE ON bookings
    FOR EACH ROW EXECUTE FUNCTION changes_slots();
CREATE TRIGGER changes_slots AFTER INSERT OR UPDATE OR DELETE ON holds
    FOR EACH ROW EXECUTE FUNCTION changes_slots();

INSERT INTO versions (mentor_id, version, changed_in)
SELECT id, 1, pg_current_xact_id()::text::bigint FROM mentors;
