-- What is remembered of requests for a while: answers to repeat, and attempts to count.

CREATE TABLE idempotency_keys (
    mentor_id  TEXT    NOT NULL,
    -- Hashes of the key and of what was asked.
    key        BLOB    NOT NULL CHECK (length(key) = 32),
    request    BLOB    NOT NULL CHECK (length(request) = 32),
    -- With the key itself, which is not kept, it makes the manage token of the answer.
    salt       BLOB    NOT NULL CHECK (length(salt) = 32),
    booking_id TEXT    NOT NULL,
    -- The booking as it was answered then.
    starts_at  INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL,
    status     TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (mentor_id, key),
    FOREIGN KEY (mentor_id, booking_id) REFERENCES bookings (mentor_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_created_at ON idempotency_keys (mentor_id, created_at);

-- Who tried to book, as a hash of the network address.
CREATE TABLE booking_attempts (
    source BLOB    NOT NULL CHECK (length(source) = 32),
    id     TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX booking_attempts_at ON booking_attempts (at);

CREATE INDEX bookings_email ON bookings (lower(email), created_at);
CREATE INDEX bookings_created_at ON bookings (mentor_id, created_at);
