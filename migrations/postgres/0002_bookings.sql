-- Taken time. The guard stands here: whatever code writes, two active bookings of one mentor never overlap.

-- Trusted: the owner of a database may create it.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE bookings (
    mentor_id             UUID        NOT NULL REFERENCES mentors (id),
    id                    UUID        NOT NULL,
    session_type_id       UUID        NOT NULL,
    starts_at             TIMESTAMPTZ NOT NULL,
    ends_at               TIMESTAMPTZ NOT NULL,
    buffer_before_minutes INTEGER     NOT NULL CHECK (buffer_before_minutes BETWEEN 0 AND 1440),
    buffer_after_minutes  INTEGER     NOT NULL CHECK (buffer_after_minutes BETWEEN 0 AND 1440),
    status                TEXT        NOT NULL CHECK (status IN
                              ('pending', 'confirmed', 'cancelled', 'declined', 'expired', 'completed', 'no_show')),
    name                  TEXT        NOT NULL,
    email                 TEXT        NOT NULL,
    phone                 TEXT,
    message               TEXT,
    -- The booker's zone when they booked.
    timezone              TEXT        NOT NULL,
    cancel_reason         TEXT,
    -- iTIP SEQUENCE.
    sequence              BIGINT      NOT NULL CHECK (sequence >= 0),
    created_at            TIMESTAMPTZ NOT NULL,
    updated_at            TIMESTAMPTZ NOT NULL,
    -- Hours, because a day is not always 24 of them.
    CHECK (starts_at < ends_at AND ends_at <= starts_at + INTERVAL '24 hours'),
    PRIMARY KEY (mentor_id, id),
    FOREIGN KEY (mentor_id, session_type_id) REFERENCES session_types (mentor_id, id),
    CONSTRAINT bookings_no_overlap EXCLUDE USING gist (mentor_id WITH =, tstzrange(starts_at, ends_at, '[)') WITH &&)
        WHERE (status IN ('pending', 'confirmed'))
);

CREATE INDEX bookings_id ON bookings (id);

CREATE UNIQUE INDEX bookings_active_start ON bookings (mentor_id, starts_at)
    WHERE status IN ('pending', 'confirmed');

-- Secrets that may manage a booking, each only as its hash; a booking has one for every link handed out.
CREATE TABLE booking_tokens (
    mentor_id  UUID        NOT NULL,
    booking_id UUID        NOT NULL,
    hash       BYTEA       NOT NULL CHECK (length(hash) = 32),
    holder     TEXT        NOT NULL CHECK (holder IN ('booker', 'mentor')),
    -- The job that mailed it; a second try of the job replaces it.
    job_id     UUID,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (mentor_id, booking_id, hash),
    FOREIGN KEY (mentor_id, booking_id) REFERENCES bookings (mentor_id, id)
);

CREATE UNIQUE INDEX booking_tokens_job ON booking_tokens (mentor_id, booking_id, job_id) WHERE job_id IS NOT NULL;

CREATE TABLE booking_history (
    mentor_id      UUID        NOT NULL,
    booking_id     UUID        NOT NULL,
    -- The booking's SEQUENCE after the change, so that each change has one line.
    sequence       BIGINT      NOT NULL,
    at             TIMESTAMPTZ NOT NULL,
    actor          TEXT        NOT NULL CHECK (actor IN ('booker', 'mentor', 'admin')),
    action         TEXT        NOT NULL CHECK (action IN ('created', 'rescheduled', 'cancelled')),
    from_starts_at TIMESTAMPTZ,
    from_status    TEXT,
    to_starts_at   TIMESTAMPTZ NOT NULL,
    to_status      TEXT        NOT NULL,
    reason         TEXT,
    CHECK ((from_starts_at IS NULL) = (from_status IS NULL)),
    PRIMARY KEY (mentor_id, booking_id, sequence),
    FOREIGN KEY (mentor_id, booking_id) REFERENCES bookings (mentor_id, id)
);

CREATE FUNCTION booking_history_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history is never altered';
END;
$$;

CREATE TRIGGER booking_history_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON booking_history
    FOR EACH STATEMENT EXECUTE FUNCTION booking_history_stands();

-- Slots kept for a holder for some minutes while they fill in the form.
CREATE TABLE holds (
    mentor_id             UUID        NOT NULL,
    id                    UUID        NOT NULL,
    session_type_id       UUID        NOT NULL,
    starts_at             TIMESTAMPTZ NOT NULL,
    ends_at               TIMESTAMPTZ NOT NULL,
    buffer_before_minutes INTEGER     NOT NULL CHECK (buffer_before_minutes BETWEEN 0 AND 1440),
    buffer_after_minutes  INTEGER     NOT NULL CHECK (buffer_after_minutes BETWEEN 0 AND 1440),
    hash                  BYTEA       NOT NULL CHECK (length(hash) = 32),
    expires_at            TIMESTAMPTZ NOT NULL,
    CHECK (starts_at < ends_at AND ends_at <= starts_at + INTERVAL '24 hours'),
    PRIMARY KEY (mentor_id, id),
    FOREIGN KEY (mentor_id, session_type_id) REFERENCES session_types (mentor_id, id)
);

CREATE INDEX holds_starts_at ON holds (mentor_id, starts_at);
