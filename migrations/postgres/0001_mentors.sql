-- Who offers time, when, and for what. Keys of what belongs to a mentor lead with mentor_id.
-- Wall times are minutes since 00:00 (1440 ends a date), dates and zones civil. Weekdays count from Sunday = 0.

CREATE TABLE mentors (
    id         UUID        NOT NULL PRIMARY KEY,
    -- Listed in the order of its bytes, whatever the database's language.
    slug       TEXT        NOT NULL COLLATE "C" UNIQUE,
    name       TEXT        NOT NULL CHECK (name <> ''),
    headline   TEXT        NOT NULL,
    timezone   TEXT        NOT NULL CHECK (timezone <> ''),
    email      TEXT,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE session_types (
    mentor_id              UUID    NOT NULL REFERENCES mentors (id),
    id                     UUID    NOT NULL,
    slug                   TEXT    NOT NULL COLLATE "C",
    title                  TEXT    NOT NULL CHECK (title <> ''),
    duration_minutes       INTEGER NOT NULL CHECK (duration_minutes BETWEEN 1 AND 1440),
    step_minutes           INTEGER CHECK (step_minutes BETWEEN 1 AND 1440),
    buffer_before_minutes  INTEGER NOT NULL CHECK (buffer_before_minutes BETWEEN 0 AND 1440),
    buffer_after_minutes   INTEGER NOT NULL CHECK (buffer_after_minutes BETWEEN 0 AND 1440),
    minimum_notice_minutes INTEGER NOT NULL CHECK (minimum_notice_minutes >= 0),
    horizon_days           INTEGER CHECK (horizon_days >= 0),
    max_per_day            BIGINT  CHECK (max_per_day >= 1),
    max_per_week           BIGINT  CHECK (max_per_week >= 1),
    location_kind          TEXT    NOT NULL CHECK (location_kind IN ('video', 'phone', 'in_person')),
    price_label            TEXT,
    requires_confirmation  BOOLEAN NOT NULL,
    -- A JSON array of minutes before the start.
    reminders_minutes      TEXT    NOT NULL CHECK (jsonb_typeof(reminders_minutes::jsonb) = 'array'),
    -- Bookings keep what is no longer offered.
    retired_at             TIMESTAMPTZ,
    PRIMARY KEY (mentor_id, id)
);

CREATE UNIQUE INDEX session_types_slug ON session_types (mentor_id, slug) WHERE retired_at IS NULL;

CREATE TABLE weekly_windows (
    mentor_id    UUID     NOT NULL REFERENCES mentors (id),
    day_of_week  SMALLINT NOT NULL CHECK (day_of_week BETWEEN 0 AND 6),
    start_minute SMALLINT NOT NULL CHECK (start_minute BETWEEN 0 AND 1439),
    end_minute   SMALLINT NOT NULL CHECK (end_minute BETWEEN 0 AND 1440),
    CHECK (start_minute <> end_minute),
    PRIMARY KEY (mentor_id, day_of_week, start_minute, end_minute)
);

CREATE TABLE overrides (
    mentor_id UUID NOT NULL REFERENCES mentors (id),
    date      DATE NOT NULL,
    reason    TEXT,
    PRIMARY KEY (mentor_id, date)
);

-- An overridden date without windows is closed.
CREATE TABLE override_windows (
    mentor_id    UUID     NOT NULL,
    date         DATE     NOT NULL,
    start_minute SMALLINT NOT NULL CHECK (start_minute BETWEEN 0 AND 1439),
    end_minute   SMALLINT NOT NULL CHECK (end_minute BETWEEN 0 AND 1440),
    CHECK (start_minute <> end_minute),
    PRIMARY KEY (mentor_id, date, start_minute, end_minute),
    FOREIGN KEY (mentor_id, date) REFERENCES overrides (mentor_id, date) ON DELETE CASCADE
);

-- Keys that let programs act for a mentor, or for an admin where mentor_id is null.
CREATE TABLE api_keys (
    id         UUID        NOT NULL PRIMARY KEY,
    hash       BYTEA       NOT NULL UNIQUE CHECK (length(hash) = 32),
    role       TEXT        NOT NULL CHECK (role IN ('admin', 'mentor')),
    mentor_id  UUID        REFERENCES mentors (id),
    name       TEXT        NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CHECK ((role = 'mentor') = (mentor_id IS NOT NULL))
);
