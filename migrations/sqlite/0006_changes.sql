-- More happens to bookings: a mentor says yes or no, it took place or not, and time passes by itself.
-- SQLite changes no constraint of a table that is there, so history moves into a new one, line by line as it stands.

CREATE TABLE booking_history_moved (
    mentor_id      TEXT    NOT NULL,
    booking_id     TEXT    NOT NULL,
    -- The booking's SEQUENCE after the change, so that each change has one line.
    sequence       INTEGER NOT NULL,
    at             INTEGER NOT NULL,
    actor          TEXT    NOT NULL CHECK (actor IN ('booker', 'mentor', 'admin', 'system')),
    action         TEXT    NOT NULL CHECK (action IN
                       ('created', 'rescheduled', 'cancelled', 'confirmed', 'declined', 'completed', 'no_show', 'expired')),
    from_starts_at INTEGER,
    from_status    TEXT,
    to_starts_at   INTEGER NOT NULL,
    to_status      TEXT    NOT NULL,
    reason         TEXT,
    CHECK ((from_starts_at IS NULL) = (from_status IS NULL)),
    PRIMARY KEY (mentor_id, booking_id, sequence),
    FOREIGN KEY (mentor_id, booking_id) REFERENCES bookings (mentor_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO booking_history_moved SELECT * FROM booking_history;

-- With a table go its triggers.
DROP TABLE booking_history;
ALTER TABLE booking_history_moved RENAME TO booking_history;

CREATE TRIGGER booking_history_stands_update BEFORE UPDATE ON booking_history
BEGIN
    SELECT RAISE(ABORT, 'history is never altered');
END;

CREATE TRIGGER booking_history_stands_delete BEFORE DELETE ON booking_history
BEGIN
    SELECT RAISE(ABORT, 'history is never altered');
END;
