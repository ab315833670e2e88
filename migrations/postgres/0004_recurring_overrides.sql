-- Hours of dates that recur. Starts is the civil date a rule counts from, and rule the value of an RRULE (RFC 5545);
-- both are read by the program, which knows what they mean. Positions keep the mentor's order.

CREATE TABLE recurring_overrides (
    mentor_id UUID    NOT NULL REFERENCES mentors (id),
    position  INTEGER NOT NULL CHECK (position >= 0),
    starts    DATE    NOT NULL,
    rule      TEXT    NOT NULL CHECK (rule LIKE '%FREQ=%' AND length(rule) <= 500),
    reason    TEXT,
    PRIMARY KEY (mentor_id, position)
);

-- A recurring override without windows closes its dates.
CREATE TABLE recurring_override_windows (
    mentor_id    UUID     NOT NULL,
    position     INTEGER  NOT NULL,
    start_minute SMALLINT NOT NULL CHECK (start_minute BETWEEN 0 AND 1439),
    end_minute   SMALLINT NOT NULL CHECK (end_minute BETWEEN 0 AND 1440),
    CHECK (start_minute <> end_minute),
    PRIMARY KEY (mentor_id, position, start_minute, end_minute),
    FOREIGN KEY (mentor_id, position) REFERENCES recurring_overrides (mentor_id, position) ON DELETE CASCADE
);
