-- Who offers time, when, and for what. Keys of what belongs to a mentor lead with mentor_id.
-- Ids are UUIDs as text, instants whole seconds since 1970 UTC, wall times minutes since 00:00 (1440 ends a date),
-- dates and zones civil text. Weekdays count from Sunday = 0.

CREATE TABLE mentors (
    id         TEXT    NOT NULL PRIMARY KEY,
    slug       TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL CHECK (name <> ''),
    headline   TEXT    NOT NULL,
    timezone   TEXT    NOT NULL CHECK (timezone <> ''),
    email      TEXT,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE session_types (
    mentor_id              TEXT    NOT NULL REFERENCES mentors (id),
    id                     TEXT    NOT NULL,
    slug                   TEXT    NOT NULL,
    title                  TEXT    NOT NULL CHECK (title <> ''),
    duration_minutes       INTEGER NOT NULL CHECK (duration_minutes BETWEEN 1 AND 1440),
    step_minutes           INTEGER CHECK (step_minutes BETWEEN 1 AND 1440),
    buffer_before_minutes  INTEGER NOT NULL CHECK (buffer_before_minutes BETWEEN 0 AND 1440),
    buffer_after_minutes   INTEGER NOT NULL CHECK (buffer_after_minutes BETWEEN 0 AND 1440),
    minimum_notice_minutes INTEGER NOT NULL CHECK (minimum_notice_minutes >= 0),
    horizon_days           INTEGER CHECK (horizon_days >= 0),
    max_per_day            INTEGER CHECK (max_per_day >= 1),
    max_per_week           INTEGER CHECK (max_per_week >= 1),
    location_kind          TEXT    NOT NULL CHECK (location_kind IN ('video', 'phone', 'in_person')),
    price_label            TEXT,
    requires_confirmation  INTEGER NOT NULL CHECK (requires_confirmation IN (0, 1)),
    -- A JSON array of minutes before the start.
    reminders_minutes      TEXT    NOT NULL CHECK (json_type(reminders_minutes) = 'array'),
    -- Bookings keep what is no longer offered.
    retired_at             INTEGER,
    PRIMARY KEY (mentor_id, id)
) STRICT;

CREATE UNIQUE INDEX session_types_slug ON session_types (mentor_id, slug) WHERE retired_at IS NULL;

CREATE TABLE weekly_windows (
    mentor_id    TEXT    NOT NULL REFERENCES mentors (id),
    day_of_week  INTEGER NOT NULL CHECK (day_of_week BETWEEN 0 AND 6),
    start_minute INTEGER NOT NULL CHECK (start_minute BETWEEN 0 AND 1439),
    end_minute   INTEGER NOT NULL CHECK (end_minute BETWEEN 0 AND 1440),
    CHECK (start_minute <> end_minute),
    PRIMARY KEY (mentor_id, day_of_week, start_minute, end_minute)
) STRICT, WITHOUT ROWID;

CREATE TABLE overrides (
    mentor_id TEXT NOT NULL REFERENCES mentors (id),
    date      TEXT NOT NULL CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    reason    TEXT,
    PRIMARY KEY (mentor_id, date)
) STRICT, WITHOUT ROWID;

-- An overridden date without windows is closed.
CREATE TABLE override_windows (
    mentor_id    TEXT    NOT NULL,
    date         TEXT    NOT NULL,
    start_minute INTEGER NOT NULL CHECK (start_minute BETWEEN 0 AND 1439),
    end_minute   INTEGER NOT NULL CHECK (end_minute BETWEEN 0 AND 1440),
    CHECK (start_minute <> end_minute),
    PRIMARY KEY (mentor_id, date, start_minute, end_minute),
    FOREIGN KEY (mentor_id, date) REFERENCES overrides (mentor_id, date) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Keys that let programs act for a mentor, or for an admin where mentor_id is null.
CREATE TABLE api_keys (
    id         TEXT    NOT NULL PRIMARY KEY,
    hash       BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    role       TEXT    NOT NULL CHECK (role IN ('admin', 'mentor')),
    mentor_id  TEXT    REFERENCES mentors (id),
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    CHECK ((role = 'mentor') = (mentor_id IS NOT NULL))
) STRICT;
