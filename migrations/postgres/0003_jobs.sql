-- Work that follows a change, written with it and done later.

CREATE TABLE jobs (
    id          UUID        NOT NULL PRIMARY KEY,
    -- One job for each thing there is to do.
    key         TEXT        NOT NULL UNIQUE,
    -- What to do, as JSON; names what it is about, holds no secret and no personal data.
    task        TEXT        NOT NULL CHECK (task::jsonb IS NOT NULL),
    run_at      TIMESTAMPTZ NOT NULL,
    attempts    INTEGER     NOT NULL DEFAULT 0,
    lease_until TIMESTAMPTZ,
    finished_at TIMESTAMPTZ,
    outcome     TEXT CHECK (outcome IN ('done', 'abandoned')),
    error       TEXT,
    CHECK ((finished_at IS NULL) = (outcome IS NULL))
);

CREATE INDEX jobs_due ON jobs (run_at) WHERE finished_at IS NULL;
