-- Which of a mentor's slots may have changed: whoever keeps what they follow from asks here whether it still stands.

CREATE TABLE versions (
    mentor_id  TEXT    NOT NULL PRIMARY KEY REFERENCES mentors (id),
    version    INTEGER NOT NULL,
    -- Counts all changes of all mentors. There is one writer, so they are seen in this order.
    changed_in INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX versions_changed_in ON versions (changed_in);

INSERT INTO versions (mentor_id, version, changed_in) SELECT id, 1, 1 FROM mentors;

-- Writing a mentor's id here says that their slots may have changed.
CREATE VIEW changed_slots AS SELECT mentor_id FROM versions;

CREATE TRIGGER changed_slots INSTEAD OF INSERT ON changed_slots BEGIN
    INSERT INTO versions (mentor_id, version, changed_in)
    VALUES (NEW.mentor_id, 1, (SELECT coalesce(max(changed_in), 0) + 1 FROM versions))
    ON CONFLICT (mentor_id) DO UPDATE SET version = version + 1, changed_in = excluded.changed_in;
END;

CREATE TRIGGER mentors_insert_changes_slots AFTER INSERT ON mentors BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (NEW.id);
END;
CREATE TRIGGER mentors_update_changes_slots AFTER UPDATE ON mentors BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (NEW.id);
END;

CREATE TRIGGER session_types_insert_changes_slots AFTER INSERT ON session_types BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (NEW.mentor_id);
END;
CREATE TRIGGER session_types_update_changes_slots AFTER UPDATE ON session_types BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (NEW.mentor_id);
END;
CREATE TRIGGER session_types_delete_changes_slots AFTER DELETE ON session_types BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (OLD.mentor_id);
END;

CREATE TRIGGER weekly_windows_insert_changes_slots AFTER INSERT ON weekly_windows BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (NEW.mentor_id);
END;
CREATE TRIGGER weekly_windows_update_changes_slots AFTER UPDATE ON weekly_windows BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (NEW.mentor_id);
END;
CREATE TRIGGER weekly_windows_delete_changes_slots AFTER DELETE ON weekly_windows BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (OLD.mentor_id);
END;

CREATE TRIGGER overrides_insert_changes_slots AFTER INSERT ON overrides BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (NEW.mentor_id);
END;
CREATE TRIGGER overrides_update_changes_slots AFTER UPDATE ON overrides BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (NEW.mentor_id);
END;
CREATE TRIGGER overrides_delete_changes_slots AFTER DELETE ON overrides BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (OLD.mentor_id);
END;

CREATE TRIGGER override_windows_insert_changes_slots AFTER INSERT ON override_windows BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (NEW.mentor_id);
END;
CREATE TRIGGER override_windows_update_changes_slots AFTER UPDATE ON override_windows BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (NEW.mentor_id);
END;
CREATE TRIGGER override_windows_delete_changes_slots AFTER DELETE ON override_windows BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (OLD.mentor_id);
END;

CREATE TRIGGER recurring_overrides_insert_changes_slots AFTER INSERT ON recurring_overrides BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (NEW.mentor_id);
END;
CREATE TRIGGER recurring_overrides_update_changes_slots AFTER UPDATE ON recurring_overrides BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (NEW.mentor_id);
END;
CREATE TRIGGER recurring_overrides_delete_changes_slots AFTER DELETE ON recurring_overrides BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (OLD.mentor_id);
END;

CREATE TRIGGER recurring_override_windows_insert_changes_slots AFTER INSERT ON recurring_override_windows BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (NEW.mentor_id);
END;
CREATE TRIGGER recurring_override_windows_update_changes_slots AFTER UPDATE ON recurring_override_windows BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (NEW.mentor_id);
END;
CREATE TRIGGER recurring_override_windows_delete_changes_slots AFTER DELETE ON recurring_override_windows BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (OLD.mentor_id);
END;

CREATE TRIGGER bookings_insert_changes_slots AFTER INSERT ON bookings BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (NEW.mentor_id);
END;
CREATE TRIGGER bookings_update_changes_slots AFTER UPDATE ON bookings BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (NEW.mentor_id);
END;
CREATE TRIGGER bookings_delete_changes_slots AFTER DELETE ON bookings BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (OLD.mentor_id);
END;

CREATE TRIGGER holds_insert_changes_slots AFTER INSERT ON holds BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (NEW.mentor_id);
END;
CREATE TRIGGER holds_update_changes_slots AFTER UPDATE ON holds BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (NEW.mentor_id);
END;
CREATE TRIGGER holds_delete_changes_slots AFTER DELETE ON holds BEGIN
    INSERT INTO changed_slots (mentor_id) VALUES (OLD.mentor_id);
END;
