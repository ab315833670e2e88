-- Hours of dates that recur. Starts is the civil date a rule counts from, and rule the value of an RRULE (RFC 5545);
-- both are read by the program, which knows what they mean. Positions keep the mentor's order.

CREATE TABLE recurring_overrides (
    mentor_id TEXT    NOT NULL REFERENCES mentors (id),
    position  INTEGER NOT NULL CHECK (position >= 0),
    starts    TEXT    NOT NULL CHECK (starts GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    rule      TEXT    NOT NULL CHECK (rule GLOB '*FREQ=*' AND length(rule) <= 500),
    reason    TEXT,
    PRIMARY KEY (mentor_id, position)
) STRICT, WITHOUT ROWID;

-- A recurring override without windows closes its dates.
CREATE TABLE recurring_override_windows (
    mentor_id    TEXT    NOT NULL,
    position     INTEGER NOT NULL,
    start_minute INTEGER NOT NULL CHECK (start_minute BETWEEN 0 AND 1439),
    end_minute   INTEGER NOT NULL CHECK (end_minute BETWEEN 0 AND 1440),
    CHECK (start_minute <> end_minute),
    PRIMARY KEY (mentor_id, position, start_minute, end_minute),
    FOREIGN KEY (mentor_id, position) REFERENCES recurring_overrides (mentor_id, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
