-- What everybody may know. SQLite has no roles: there the program alone decides who sees what, and these views are what
-- keeps the text of its questions the same as on PostgreSQL, where they are a wall.

CREATE VIEW public_mentors AS SELECT id, slug, name, headline, timezone FROM mentors;

CREATE VIEW public_session_types AS
    SELECT mentor_id, id, slug, title, duration_minutes, step_minutes, buffer_before_minutes, buffer_after_minutes,
        minimum_notice_minutes, horizon_days, max_per_day, max_per_week, location_kind, price_label, requires_confirmation,
        reminders_minutes
    FROM session_types WHERE retired_at IS NULL;

CREATE VIEW public_weekly_windows AS SELECT mentor_id, day_of_week, start_minute, end_minute FROM weekly_windows;

CREATE VIEW public_overrides AS SELECT mentor_id, date FROM overrides;

CREATE VIEW public_override_windows AS SELECT mentor_id, date, start_minute, end_minute FROM override_windows;

CREATE VIEW public_recurring_overrides AS SELECT mentor_id, position, starts, rule FROM recurring_overrides;

CREATE VIEW public_recurring_override_windows AS
    SELECT mentor_id, position, start_minute, end_minute FROM recurring_override_windows;

CREATE VIEW public_taken AS
    SELECT mentor_id, id, starts_at, ends_at, buffer_before_minutes, buffer_after_minutes FROM bookings
    WHERE status IN ('pending', 'confirmed');

CREATE VIEW public_held AS
    SELECT mentor_id, hash, starts_at, ends_at, buffer_before_minutes, buffer_after_minutes, expires_at FROM holds;

CREATE VIEW public_bookings_made AS SELECT mentor_id, created_at FROM bookings;
