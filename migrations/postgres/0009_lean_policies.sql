-- The same wall, for less. A part of a policy that is a question of its own (SELECT ...) is set up with every statement that
-- the policy bears on, also where the caller is none of those whom it concerns; since policies of the role hold for the
-- owner too, as whom views read, a booking paid for dozens of them. What only links and clients need is asked in functions
-- now, which cost nothing until they are called, and what is asked of the settings stands in the condition itself.
--
-- Bodies of the functions name their schema: whoever calls them may have any search path.

DO $do$
DECLARE
    here text := quote_ident(current_schema());
BEGIN
    -- As whom the link that acts shows a booking; nothing when it does not.
    EXECUTE replace($$
        CREATE FUNCTION linked_as(booking uuid) RETURNS text LANGUAGE plpgsql STABLE AS $f$
        BEGIN
            RETURN (SELECT token.holder FROM here.booking_tokens AS token
                WHERE token.hash OPERATOR(pg_catalog.=) here.acting_token()
                    AND token.booking_id OPERATOR(pg_catalog.=) booking LIMIT 1);
        END;
        $f$ $$, 'here', here);

    -- Whether a booking is made under the client's address.
    EXECUTE replace($$
        CREATE FUNCTION is_clients(booking uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $f$
        BEGIN
            RETURN EXISTS (SELECT FROM here.bookings AS own
                WHERE own.id OPERATOR(pg_catalog.=) booking
                    AND own.email_key OPERATOR(pg_catalog.=) here.acting_email());
        END;
        $f$ $$, 'here', here);

    -- Whether the link that acts shows a booking of this type.
    EXECUTE replace($$
        CREATE FUNCTION is_linked_type(type uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $f$
        BEGIN
            RETURN EXISTS (SELECT FROM here.booking_tokens AS token JOIN here.bookings AS booking
                    ON booking.mentor_id OPERATOR(pg_catalog.=) token.mentor_id
                        AND booking.id OPERATOR(pg_catalog.=) token.booking_id
                WHERE token.hash OPERATOR(pg_catalog.=) here.acting_token()
                    AND booking.session_type_id OPERATOR(pg_catalog.=) type);
        END;
        $f$ $$, 'here', here);

    -- Whether the client has a booking of this type.
    EXECUTE replace($$
        CREATE FUNCTION is_clients_type(type uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $f$
        BEGIN
            RETURN EXISTS (SELECT FROM here.bookings AS booking
                WHERE booking.email_key OPERATOR(pg_catalog.=) here.acting_email()
                    AND booking.session_type_id OPERATOR(pg_catalog.=) type);
        END;
        $f$ $$, 'here', here);
END;
$do$;

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
    CASE acting_as()
        WHEN 'public' THEN attempts = 0 AND finished_at IS NULL
        WHEN 'mentor' THEN attempts = 0 AND finished_at IS NULL
        WHEN 'token' THEN attempts = 0 AND finished_at IS NULL
        WHEN 'admin' THEN attempts = 0 AND finished_at IS NULL
        WHEN 'system' THEN true
    END);
ALTER POLICY changed ON jobs USING (acting_as() = 'system');

ALTER POLICY seen ON idempotency_keys USING (CASE acting_as() WHEN 'public' THEN mentor_id = acting_mentor() END);
ALTER POLICY added ON idempotency_keys WITH CHECK (
    CASE acting_as() WHEN 'public' THEN mentor_id = acting_mentor() AND is_made_here(mentor_id, booking_id) END);
ALTER POLICY forgotten ON idempotency_keys USING (CASE acting_as() WHEN 'public' THEN mentor_id = acting_mentor() END);

ALTER POLICY counted ON booking_attempts USING (acting_as() = 'public');

ALTER POLICY seen ON versions USING (acting_as() IS NOT NULL);
