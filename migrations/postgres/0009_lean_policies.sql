-- The same wall, for less. A part of a policy that is a question of its own (SELECT ...) is set up with every statement that
-- the policy bears on, also where the caller is none of those whom it concerns; since policies of the role hold for the
-- owner too, as whom views read, a booking paid for dozens of them. What only links and clients need is asked in functions
-- now, which cost nothing until they are called, and what is asked of the settings stands in the condition itself.

-- As whom the link that acts shows a booking; nothing when it does not.
CREATE FUNCTION linked_as(booking uuid) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT holder FROM booking_tokens WHERE hash = acting_token() AND booking_id = booking LIMIT 1);
END;
$$;

-- Whether a booking is made under the client's address.
CREATE FUNCTION is_clients(booking uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM bookings WHERE id = booking AND email_key = acting_email());
END;
$$;

-- Whether the link that acts shows a booking of this type.
CREATE FUNCTION is_linked_type(type uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM booking_tokens AS token
        JOIN bookings AS booking ON booking.mentor_id = token.mentor_id AND booking.id = token.booking_id
        WHERE token.hash = acting_token() AND booking.session_type_id = type);
END;
$$;

-- Whether the client has a booking of this type.
CREATE FUNCTION is_clients_type(type uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM bookings WHERE email_key = acting_email() AND session_type_id = type);
END;
$$;

-- Whoever calls them may have any search path.
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION linked_as SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION is_clients SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION is_linked_type SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION is_clients_type SET search_path = %I, pg_temp', current_schema());
END;
$$;

-- What everybody may know.

CREATE OR REPLACE VIEW public_mentors WITH (security_barrier) AS
    SELECT id, slug, name, headline, timezone FROM mentors WHERE acting_as() IS NOT NULL;

CREATE OR REPLACE VIEW public_session_types WITH (security_barrier) AS
    SELECT mentor_id, id, slug, title, duration_minutes, step_minutes, buffer_before_minutes, buffer_after_minutes,
        minimum_notice_minutes, horizon_days, max_per_day, max_per_week, location_kind, price_label, requires_confirmation,
        reminders_minutes
    FROM session_types WHERE retired_at IS NULL AND acting_as() IS NOT NULL;

CREATE OR REPLACE VIEW public_weekly_windows WITH (security_barrier) AS
    SELECT mentor_id, day_of_week, start_minute, end_minute FROM weekly_windows WHERE acting_as() IS NOT NULL;

CREATE OR REPLACE VIEW public_overrides WITH (security_barrier) AS
    SELECT mentor_id, date FROM overrides WHERE acting_as() IS NOT NULL;

CREATE OR REPLACE VIEW public_override_windows WITH (security_barrier) AS
    SELECT mentor_id, date, start_minute, end_minute FROM override_windows WHERE acting_as() IS NOT NULL;

CREATE OR REPLACE VIEW public_recurring_overrides WITH (security_barrier) AS
    SELECT mentor_id, position, starts, rule FROM recurring_overrides WHERE acting_as() IS NOT NULL;

CREATE OR REPLACE VIEW public_recurring_override_windows WITH (security_barrier) AS
    SELECT mentor_id, position, start_minute, end_minute FROM recurring_override_windows WHERE acting_as() IS NOT NULL;

CREATE OR REPLACE VIEW public_taken WITH (security_barrier) AS
    SELECT mentor_id, id, starts_at, ends_at, buffer_before_minutes, buffer_after_minutes FROM bookings
    WHERE status IN ('pending', 'confirmed') AND acting_as() IS NOT NULL;

CREATE OR REPLACE VIEW public_held WITH (security_barrier) AS
    SELECT mentor_id, hash, starts_at, ends_at, buffer_before_minutes, buffer_after_minutes, expires_at FROM holds
    WHERE acting_as() IS NOT NULL;

CREATE OR REPLACE VIEW public_bookings_made WITH (security_barrier) AS
    SELECT mentor_id, created_at FROM bookings WHERE mentor_id = acting_mentor() AND acting_as() = 'public';

-- For each table, who sees and does what, as before.

ALTER POLICY seen ON mentors USING (
    CASE acting_as() WHEN 'mentor' THEN id = acting_mentor() WHEN 'admin' THEN true WHEN 'system' THEN true END);
ALTER POLICY added ON mentors WITH CHECK (acting_as() = 'admin');
ALTER POLICY changed ON mentors USING (
    CASE acting_as() WHEN 'mentor' THEN id = acting_mentor() WHEN 'admin' THEN true END);

ALTER POLICY seen ON session_types USING (
    CASE acting_as()
        WHEN 'mentor' THEN mentor_id = acting_mentor()
        WHEN 'admin' THEN true
        WHEN 'system' THEN true
        -- Those of bookings that they see, also when no longer offered.
        WHEN 'token' THEN is_linked_type(id)
        WHEN 'client' THEN is_clients_type(id)
    END);
ALTER POLICY added ON session_types WITH CHECK (
    CASE acting_as() WHEN 'mentor' THEN mentor_id = acting_mentor() WHEN 'admin' THEN true END);
ALTER POLICY changed ON session_types USING (
    CASE acting_as() WHEN 'mentor' THEN mentor_id = acting_mentor() WHEN 'admin' THEN true END);

ALTER POLICY own ON weekly_windows USING (
    CASE acting_as() WHEN 'mentor' THEN mentor_id = acting_mentor() WHEN 'admin' THEN true END);
ALTER POLICY own ON overrides USING (
    CASE acting_as() WHEN 'mentor' THEN mentor_id = acting_mentor() WHEN 'admin' THEN true END);
ALTER POLICY own ON override_windows USING (
    CASE acting_as() WHEN 'mentor' THEN mentor_id = acting_mentor() WHEN 'admin' THEN true END);
ALTER POLICY own ON recurring_overrides USING (
    CASE acting_as() WHEN 'mentor' THEN mentor_id = acting_mentor() WHEN 'admin' THEN true END);
ALTER POLICY own ON recurring_override_windows USING (
    CASE acting_as() WHEN 'mentor' THEN mentor_id = acting_mentor() WHEN 'admin' THEN true END);

-- Whoever shows a key is looked up by it.
ALTER POLICY seen ON api_keys USING (
    CASE acting_as() WHEN 'token' THEN hash = acting_token() WHEN 'admin' THEN true END);
ALTER POLICY added ON api_keys WITH CHECK (acting_as() = 'admin');

ALTER POLICY seen ON bookings USING (
    CASE acting_as()
        WHEN 'mentor' THEN mentor_id = acting_mentor()
        WHEN 'client' THEN email_key = acting_email()
        WHEN 'token' THEN linked_as(id) IS NOT NULL
        WHEN 'admin' THEN true
        WHEN 'system' THEN true
    END);
ALTER POLICY added ON bookings WITH CHECK (
    CASE acting_as()
        WHEN 'public' THEN mentor_id = acting_mentor() AND sequence = 0 AND status IN ('pending', 'confirmed')
    END);
ALTER POLICY changed ON bookings USING (
    CASE acting_as()
        WHEN 'mentor' THEN mentor_id = acting_mentor()
        WHEN 'token' THEN linked_as(id) IS NOT NULL
        WHEN 'admin' THEN true
        -- Time makes an end to waiting, and to nothing else.
        WHEN 'system' THEN status = 'pending'
    END) WITH CHECK (acting_as() <> 'system' OR status = 'expired');

ALTER POLICY seen ON booking_tokens USING (
    CASE acting_as() WHEN 'token' THEN hash = acting_token() WHEN 'system' THEN true END);
ALTER POLICY added ON booking_tokens WITH CHECK (
    CASE acting_as() WHEN 'public' THEN is_made_here(mentor_id, booking_id) WHEN 'system' THEN true END);
ALTER POLICY changed ON booking_tokens USING (acting_as() = 'system');

ALTER POLICY seen ON booking_history USING (
    CASE acting_as()
        WHEN 'mentor' THEN mentor_id = acting_mentor()
        WHEN 'client' THEN is_clients(booking_id)
        WHEN 'token' THEN linked_as(booking_id) IS NOT NULL
        WHEN 'admin' THEN true
        WHEN 'system' THEN true
    END);
-- Each in their own name.
ALTER POLICY added ON booking_history WITH CHECK (
    CASE acting_as()
        WHEN 'public' THEN actor = 'booker' AND is_made_here(mentor_id, booking_id)
        WHEN 'mentor' THEN actor = 'mentor' AND mentor_id = acting_mentor()
        WHEN 'token' THEN actor = linked_as(booking_id)
        WHEN 'admin' THEN actor = 'admin'
        WHEN 'system' THEN actor = 'system'
    END);

ALTER POLICY own ON holds USING (
    CASE acting_as() WHEN 'public' THEN mentor_id = acting_mentor() WHEN 'token' THEN hash = acting_token() END);

ALTER POLICY seen ON jobs USING (acting_as() = 'system');
ALTER POLICY added ON jobs WITH CHECK (
    acting_as() = 'system'
    OR acting_as() IN ('public', 'mentor', 'token', 'admin') AND attempts = 0 AND finished_at IS NULL);
ALTER POLICY changed ON jobs USING (acting_as() = 'system');

ALTER POLICY seen ON idempotency_keys USING (CASE acting_as() WHEN 'public' THEN mentor_id = acting_mentor() END);
ALTER POLICY added ON idempotency_keys WITH CHECK (
    CASE acting_as() WHEN 'public' THEN mentor_id = acting_mentor() AND is_made_here(mentor_id, booking_id) END);
ALTER POLICY forgotten ON idempotency_keys USING (CASE acting_as() WHEN 'public' THEN mentor_id = acting_mentor() END);

ALTER POLICY counted ON booking_attempts USING (acting_as() = 'public');

ALTER POLICY seen ON versions USING (acting_as() IS NOT NULL);
