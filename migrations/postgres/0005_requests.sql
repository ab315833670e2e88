-- What is remembered of requests for a while: answers to repeat, and attempts to count.

CREATE TABLE idempotency_keys (
    mentor_id  UUID        NOT NULL,
    -- Hashes of the key and of what was asked.
    key        BYTEA       NOT NULL CHECK (length(key) = 32),
    request    BYTEA       NOT NULL CHECK (length(request) = 32),
    -- With the key itself, which is not kept, it makes the manage token of the answer.
    salt       BYTEA       NOT NULL CHECK (length(salt) = 32),
    booking_id UUID        NOT NULL,
    -- The booking as it was answered then.
    starts_at  TIMESTAMPTZ NOT NULL,
    ends_at    TIMESTAMPTZ NOT NULL,
    status     TEXT        NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (mentor_id, key),
    FOREIGN KEY (mentor_id, booking_id) REFERENCES bookings (mentor_id, id)
);

CREATE INDEX idempotency_keys_created_at ON idempotency_keys (mentor_id, created_at);

-- Who tried to book, as a hash of the network address.
CREATE TABLE booking_attempts (
    source BYTEA       NOT NULL CHECK (length(source) = 32),
    id     UUID        NOT NULL,
    at     TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (source, id)
);

CREATE INDEX booking_attempts_at ON booking_attempts (at);

CREATE INDEX bookings_email ON bookings (lower(email), created_at);
CREATE INDEX bookings_created_at ON bookings (mentor_id, created_at);
