-- Taken time. The guard stands here: whatever code writes, two active bookings of one mentor never overlap.

CREATE TABLE bookings (
    mentor_id             TEXT    NOT NULL REFERENCES mentors (id),
    id                    TEXT    NOT NULL,
    session_type_id       TEXT    NOT NULL,
    starts_at             INTEGER NOT NULL,
    ends_at               INTEGER NOT NULL,
    buffer_before_minutes INTEGER NOT NULL CHECK (buffer_before_minutes BETWEEN 0 AND 1440),
    buffer_after_minutes  INTEGER NOT NULL CHECK (buffer_after_minutes BETWEEN 0 AND 1440),
    status                TEXT    NOT NULL CHECK (status IN
                              ('pending', 'confirmed', 'cancelled', 'declined', 'expired', 'completed', 'no_show')),
    name                  TEXT    NOT NULL,
    email                 TEXT    NOT NULL,
    phone                 TEXT,
    message               TEXT,
    -- The booker's zone when they booked.
    timezone              TEXT    NOT NULL,
    cancel_reason         TEXT,
    -- iTIP SEQUENCE.
    sequence              INTEGER NOT NULL CHECK (sequence >= 0),
    created_at            INTEGER NOT NULL,
    updated_at            INTEGER NOT NULL,
    -- The guard looks back one day for what may still be running.
    CHECK (starts_at < ends_at AND ends_at <= starts_at + 86400),
    PRIMARY KEY (mentor_id, id),
    FOREIGN KEY (mentor_id, session_type_id) REFERENCES session_types (mentor_id, id)
) STRICT;

CREATE INDEX bookings_id ON bookings (id);

CREATE UNIQUE INDEX bookings_active_start ON bookings (mentor_id, starts_at)
    WHERE status IN ('pending', 'confirmed');

CREATE TRIGGER bookings_no_overlap_insert BEFORE INSERT ON bookings
WHEN NEW.status IN ('pending', 'confirmed')
BEGIN
    SELECT RAISE(ABORT, 'slot_taken') WHERE EXISTS (
        SELECT 1 FROM bookings AS other
        WHERE other.mentor_id = NEW.mentor_id
          AND other.status IN ('pending', 'confirmed')
          AND other.starts_at < NEW.ends_at
          AND other.starts_at > NEW.starts_at - 86400
          AND other.ends_at > NEW.starts_at
          AND other.id <> NEW.id);
END;

CREATE TRIGGER bookings_no_overlap_update BEFORE UPDATE OF mentor_id, starts_at, ends_at, status ON bookings
WHEN NEW.status IN ('pending', 'confirmed')
BEGIN
    SELECT RAISE(ABORT, 'slot_taken') WHERE EXISTS (
        SELECT 1 FROM bookings AS other
        WHERE other.mentor_id = NEW.mentor_id
          AND other.status IN ('pending', 'confirmed')
          AND other.starts_at < NEW.ends_at
          AND other.starts_at > NEW.starts_at - 86400
          AND other.ends_at > NEW.starts_at
          AND other.id <> NEW.id);
END;

-- Secrets that may manage a booking, each only as its hash; a booking has one for every link handed out.
CREATE TABLE booking_tokens (
    mentor_id  TEXT    NOT NULL,
    booking_id TEXT    NOT NULL,
    hash       BLOB    NOT NULL CHECK (length(hash) = 32),
    holder     TEXT    NOT NULL CHECK (holder IN ('booker', 'mentor')),
    -- The job that mailed it; a second try of the job replaces it.
    job_id     TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (mentor_id, booking_id, hash),
    FOREIGN KEY (mentor_id, booking_id) REFERENCES bookings (mentor_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX booking_tokens_job ON booking_tokens (mentor_id, booking_id, job_id) WHERE job_id IS NOT NULL;

CREATE TABLE booking_history (
    mentor_id      TEXT    NOT NULL,
    booking_id     TEXT    NOT NULL,
    -- The booking's SEQUENCE after the change, so that each change has one line.
    sequence       INTEGER NOT NULL,
    at             INTEGER NOT NULL,
    actor          TEXT    NOT NULL CHECK (actor IN ('booker', 'mentor', 'admin')),
    action         TEXT    NOT NULL CHECK (action IN ('created', 'rescheduled', 'cancelled')),
    from_starts_at INTEGER,
    from_status    TEXT,
    to_starts_at   INTEGER NOT NULL,
    to_status      TEXT    NOT NULL,
    reason         TEXT,
    CHECK ((from_starts_at IS NULL) = (from_status IS NULL)),
    PRIMARY KEY (mentor_id, booking_id, sequence),
    FOREIGN KEY (mentor_id, booking_id) REFERENCES bookings (mentor_id, id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER booking_history_stands_update BEFORE UPDATE ON booking_history
BEGIN
    SELECT RAISE(ABORT, 'history is never altered');
END;

CREATE TRIGGER booking_history_stands_delete BEFORE DELETE ON booking_history
BEGIN
    SELECT RAISE(ABORT, 'history is never altered');
END;

-- Slots kept for a holder for some minutes while they fill in the form.
CREATE TABLE holds (
    mentor_id             TEXT    NOT NULL,
    id                    TEXT    NOT NULL,
    session_type_id       TEXT    NOT NULL,
    starts_at             INTEGER NOT NULL,
    ends_at               INTEGER NOT NULL,
    buffer_before_minutes INTEGER NOT NULL CHECK (buffer_before_minutes BETWEEN 0 AND 1440),
    buffer_after_minutes  INTEGER NOT NULL CHECK (buffer_after_minutes BETWEEN 0 AND 1440),
    hash                  BLOB    NOT NULL CHECK (length(hash) = 32),
    expires_at            INTEGER NOT NULL,
    CHECK (starts_at < ends_at AND ends_at <= starts_at + 86400),
    PRIMARY KEY (mentor_id, id),
    FOREIGN KEY (mentor_id, session_type_id) REFERENCES session_types (mentor_id, id)
) STRICT;

CREATE INDEX holds_starts_at ON holds (mentor_id, starts_at);
