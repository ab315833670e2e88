-- Who may see and do what, kept by the database itself. The program begins every transaction as slotsmith_app, which owns
-- nothing and whom row security binds, and says for whom it acts; who is not told acts for nobody, and sees nothing.
--
-- Whoever adds a table: ENABLE and FORCE row security, grant slotsmith_app what the program does with it, and write its
-- policies. Whoever changes rows in a migration: the owner is bound too, unless FORCE is lifted meanwhile.

-- 1. The role. It belongs to the whole cluster, so that another database's migration may make it at the same moment.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'slotsmith_app') THEN
        BEGIN
            CREATE ROLE slotsmith_app NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format(
                    'the role slotsmith_app is missing and %1$I may not make it; whoever may should say: '
                    'CREATE ROLE slotsmith_app NOLOGIN; GRANT slotsmith_app TO %1$I;', CURRENT_USER);
        END;
    END IF;
    -- Since version 16 a member is not always one who may act as the role.
    IF NOT pg_has_role(CURRENT_USER, 'slotsmith_app',
        CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END)
    THEN
        BEGIN
            EXECUTE format('GRANT slotsmith_app TO %I', CURRENT_USER);
        EXCEPTION
            WHEN unique_violation THEN NULL;
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format(
                    '%1$I may not act as slotsmith_app; whoever may should say: GRANT slotsmith_app TO %1$I;', CURRENT_USER);
        END;
    END IF;
    IF NOT has_schema_privilege('slotsmith_app', current_schema(), 'USAGE') THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO slotsmith_app', current_schema());
    END IF;
END;
$$;

-- 2. For whom a transaction acts. A setting that an earlier transaction made locally is empty afterwards, not absent.

-- For nobody while it does not act as the role: the policies of a role hold for its members too, and the login is one.
CREATE FUNCTION acting_as() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT CASE current_setting('role') WHEN 'slotsmith_app' THEN NULLIF(current_setting('slotsmith.caller', true), '') END $$;

-- The mentor who acts, or the one whom a booker without an account books.
CREATE FUNCTION acting_mentor() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT NULLIF(current_setting('slotsmith.mentor', true), '')::uuid $$;

CREATE FUNCTION acting_token() RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT decode(NULLIF(current_setting('slotsmith.token', true), ''), 'hex') $$;

-- A client's verified address.
CREATE FUNCTION acting_email() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT lower(convert_from(decode(NULLIF(current_setting('slotsmith.email', true), ''), 'hex'), 'UTF8')) $$;

-- 3. What policies look rows up by. Row security lets an index serve a condition only if its function cannot leak what it
-- compares, and lower() is not one of those; equality is.

ALTER TABLE bookings ADD COLUMN email_key TEXT NOT NULL GENERATED ALWAYS AS (lower(email)) STORED;
DROP INDEX bookings_email;
CREATE INDEX bookings_email ON bookings (email_key, created_at);

CREATE INDEX booking_tokens_hash ON booking_tokens (hash);

-- 4. What everybody may know: no addresses, no reasons, nothing that is no longer offered. Views read as their owner.

CREATE VIEW public_mentors WITH (security_barrier) AS
    SELECT id, slug, name, headline, timezone FROM mentors WHERE (SELECT acting_as()) IS NOT NULL;

CREATE VIEW public_session_types WITH (security_barrier) AS
    SELECT mentor_id, id, slug, title, duration_minutes, step_minutes, buffer_before_minutes, buffer_after_minutes,
        minimum_notice_minutes, horizon_days, max_per_day, max_per_week, location_kind, price_label, requires_confirmation,
        reminders_minutes
    FROM session_types WHERE retired_at IS NULL AND (SELECT acting_as()) IS NOT NULL;

CREATE VIEW public_weekly_windows WITH (security_barrier) AS
    SELECT mentor_id, day_of_week, start_minute, end_minute FROM weekly_windows WHERE (SELECT acting_as()) IS NOT NULL;

CREATE VIEW public_overrides WITH (security_barrier) AS
    SELECT mentor_id, date FROM overrides WHERE (SELECT acting_as()) IS NOT NULL;

CREATE VIEW public_override_windows WITH (security_barrier) AS
    SELECT mentor_id, date, start_minute, end_minute FROM override_windows WHERE (SELECT acting_as()) IS NOT NULL;

CREATE VIEW public_recurring_overrides WITH (security_barrier) AS
    SELECT mentor_id, position, starts, rule FROM recurring_overrides WHERE (SELECT acting_as()) IS NOT NULL;

CREATE VIEW public_recurring_override_windows WITH (security_barrier) AS
    SELECT mentor_id, position, start_minute, end_minute FROM recurring_override_windows
    WHERE (SELECT acting_as()) IS NOT NULL;

-- Whoever asks: one who could not see that a time is taken would offer it.
CREATE VIEW public_taken WITH (security_barrier) AS
    SELECT mentor_id, id, starts_at, ends_at, buffer_before_minutes, buffer_after_minutes FROM bookings
    WHERE status IN ('pending', 'confirmed') AND (SELECT acting_as()) IS NOT NULL;

CREATE VIEW public_held WITH (security_barrier) AS
    SELECT mentor_id, hash, starts_at, ends_at, buffer_before_minutes, buffer_after_minutes, expires_at FROM holds
    WHERE (SELECT acting_as()) IS NOT NULL;

-- When the bookings of the mentor in question were made, for the limit on them.
CREATE VIEW public_bookings_made WITH (security_barrier) AS
    SELECT mentor_id, created_at FROM bookings
    WHERE mentor_id = (SELECT acting_mentor()) AND (SELECT acting_as()) = 'public';

-- 5. Two questions to which a booker without an account is told the answer, and nothing else.

-- When the latest booking but some under an address was made, whoever the mentor is.
CREATE FUNCTION booking_made_under(address text, since timestamptz, skipped bigint) RETURNS SETOF timestamptz
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 AS $$
BEGIN
    IF acting_as() = 'public' THEN
        RETURN QUERY SELECT created_at FROM bookings WHERE email_key = lower(address) AND created_at > since
            ORDER BY created_at DESC LIMIT 1 OFFSET skipped;
    END IF;
END;
$$;

-- Whether this very transaction made the booking.
CREATE FUNCTION is_made_here(mentor uuid, booking uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN
    RETURN EXISTS (SELECT FROM bookings AS made WHERE made.mentor_id = mentor AND made.id = booking
        AND made.xmin = pg_current_xact_id()::xid);
END;
$$;

DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION booking_made_under SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION changes_slots SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION is_made_here SET search_path = %I, pg_temp', current_schema());
END;
$$;

-- 6. The wall.

ALTER TABLE mentors ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE session_types ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE weekly_windows ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE overrides ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE override_windows ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE recurring_overrides ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE recurring_override_windows ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE bookings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE booking_tokens ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE booking_history ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE holds ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE jobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE booking_attempts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE versions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
-- The driver's list of these steps. Its owner, who migrates, is not bound; anybody else sees nothing.
ALTER TABLE _sqlx_migrations ENABLE ROW LEVEL SECURITY;

-- The views and functions above read as the owner, whom row security binds as well. They may, in a transaction that acts as
-- slotsmith_app; the owner by itself sees nothing.
CREATE POLICY through_views ON mentors FOR SELECT TO CURRENT_USER USING (current_setting('role') = 'slotsmith_app');
CREATE POLICY through_views ON session_types FOR SELECT TO CURRENT_USER USING (current_setting('role') = 'slotsmith_app');
CREATE POLICY through_views ON weekly_windows FOR SELECT TO CURRENT_USER USING (current_setting('role') = 'slotsmith_app');
CREATE POLICY through_views ON overrides FOR SELECT TO CURRENT_USER USING (current_setting('role') = 'slotsmith_app');
CREATE POLICY through_views ON override_windows FOR SELECT TO CURRENT_USER USING (current_setting('role') = 'slotsmith_app');
CREATE POLICY through_views ON recurring_overrides FOR SELECT TO CURRENT_USER USING (current_setting('role') = 'slotsmith_app');
CREATE POLICY through_views ON recurring_override_windows FOR SELECT TO CURRENT_USER
    USING (current_setting('role') = 'slotsmith_app');
CREATE POLICY through_views ON bookings FOR SELECT TO CURRENT_USER USING (current_setting('role') = 'slotsmith_app');
CREATE POLICY through_views ON holds FOR SELECT TO CURRENT_USER USING (current_setting('role') = 'slotsmith_app');

-- Whoever changes a mentor's data, that it changed is written by a trigger, and by nothing else.
CREATE POLICY through_triggers ON versions TO CURRENT_USER USING (pg_trigger_depth() > 0);
ALTER FUNCTION changes_slots SECURITY DEFINER;

-- 7. For each table, who sees and does what. A caller who is not named may not.

CREATE POLICY seen ON mentors FOR SELECT TO slotsmith_app USING (
    CASE (SELECT acting_as())
        WHEN 'mentor' THEN id = (SELECT acting_mentor())
        WHEN 'admin' THEN true
        WHEN 'system' THEN true
    END);
CREATE POLICY added ON mentors FOR INSERT TO slotsmith_app WITH CHECK ((SELECT acting_as()) = 'admin');
CREATE POLICY changed ON mentors FOR UPDATE TO slotsmith_app USING (
    CASE (SELECT acting_as())
        WHEN 'mentor' THEN id = (SELECT acting_mentor())
        WHEN 'admin' THEN true
    END);
GRANT SELECT, INSERT, UPDATE (timezone) ON mentors TO slotsmith_app;

CREATE POLICY seen ON session_types FOR SELECT TO slotsmith_app USING (
    CASE (SELECT acting_as())
        WHEN 'mentor' THEN mentor_id = (SELECT acting_mentor())
        WHEN 'admin' THEN true
        WHEN 'system' THEN true
        -- Those of bookings that they see, also when no longer offered.
        WHEN 'token' THEN id IN (
            SELECT booking.session_type_id FROM booking_tokens AS token
            JOIN bookings AS booking ON booking.mentor_id = token.mentor_id AND booking.id = token.booking_id
            WHERE token.hash = (SELECT acting_token()))
        WHEN 'client' THEN id IN (
            SELECT booking.session_type_id FROM bookings AS booking WHERE booking.email_key = (SELECT acting_email()))
    END);
CREATE POLICY added ON session_types FOR INSERT TO slotsmith_app WITH CHECK (
    CASE (SELECT acting_as())
        WHEN 'mentor' THEN mentor_id = (SELECT acting_mentor())
        WHEN 'admin' THEN true
    END);
CREATE POLICY changed ON session_types FOR UPDATE TO slotsmith_app USING (
    CASE (SELECT acting_as())
        WHEN 'mentor' THEN mentor_id = (SELECT acting_mentor())
        WHEN 'admin' THEN true
    END);
GRANT SELECT, INSERT, UPDATE (slug, title, duration_minutes, step_minutes, buffer_before_minutes, buffer_after_minutes,
    minimum_notice_minutes, horizon_days, max_per_day, max_per_week, location_kind, price_label, requires_confirmation,
    reminders_minutes, retired_at) ON session_types TO slotsmith_app;

CREATE POLICY own ON weekly_windows TO slotsmith_app USING (
    CASE (SELECT acting_as()) WHEN 'mentor' THEN mentor_id = (SELECT acting_mentor()) WHEN 'admin' THEN true END);
CREATE POLICY own ON overrides TO slotsmith_app USING (
    CASE (SELECT acting_as()) WHEN 'mentor' THEN mentor_id = (SELECT acting_mentor()) WHEN 'admin' THEN true END);
CREATE POLICY own ON override_windows TO slotsmith_app USING (
    CASE (SELECT acting_as()) WHEN 'mentor' THEN mentor_id = (SELECT acting_mentor()) WHEN 'admin' THEN true END);
CREATE POLICY own ON recurring_overrides TO slotsmith_app USING (
    CASE (SELECT acting_as()) WHEN 'mentor' THEN mentor_id = (SELECT acting_mentor()) WHEN 'admin' THEN true END);
CREATE POLICY own ON recurring_override_windows TO slotsmith_app USING (
    CASE (SELECT acting_as()) WHEN 'mentor' THEN mentor_id = (SELECT acting_mentor()) WHEN 'admin' THEN true END);
-- Windows of dates go with them.
GRANT SELECT, INSERT, DELETE ON weekly_windows, overrides, recurring_overrides TO slotsmith_app;
GRANT SELECT, INSERT ON override_windows, recurring_override_windows TO slotsmith_app;

-- Whoever shows a key is looked up by it.
CREATE POLICY seen ON api_keys FOR SELECT TO slotsmith_app USING (
    CASE (SELECT acting_as())
        WHEN 'token' THEN hash = (SELECT acting_token())
        WHEN 'admin' THEN true
    END);
CREATE POLICY added ON api_keys FOR INSERT TO slotsmith_app WITH CHECK ((SELECT acting_as()) = 'admin');
GRANT SELECT, INSERT ON api_keys TO slotsmith_app;

CREATE POLICY seen ON bookings FOR SELECT TO slotsmith_app USING (
    CASE (SELECT acting_as())
        WHEN 'mentor' THEN mentor_id = (SELECT acting_mentor())
        WHEN 'client' THEN email_key = (SELECT acting_email())
        WHEN 'token' THEN id IN (SELECT booking_id FROM booking_tokens WHERE hash = (SELECT acting_token()))
        WHEN 'admin' THEN true
        WHEN 'system' THEN true
    END);
CREATE POLICY added ON bookings FOR INSERT TO slotsmith_app WITH CHECK (
    CASE (SELECT acting_as())
        WHEN 'public' THEN mentor_id = (SELECT acting_mentor()) AND sequence = 0 AND status IN ('pending', 'confirmed')
    END);
CREATE POLICY changed ON bookings FOR UPDATE TO slotsmith_app USING (
    CASE (SELECT acting_as())
        WHEN 'mentor' THEN mentor_id = (SELECT acting_mentor())
        WHEN 'token' THEN id IN (SELECT booking_id FROM booking_tokens WHERE hash = (SELECT acting_token()))
        WHEN 'admin' THEN true
        -- Time makes an end to waiting, and to nothing else.
        WHEN 'system' THEN status = 'pending'
    END) WITH CHECK ((SELECT acting_as()) <> 'system' OR status = 'expired');
-- Nobody changes whose booking it is, and with whom.
GRANT SELECT, INSERT, UPDATE (starts_at, ends_at, buffer_before_minutes, buffer_after_minutes, status, cancel_reason,
    sequence, updated_at) ON bookings TO slotsmith_app;

CREATE POLICY seen ON booking_tokens FOR SELECT TO slotsmith_app USING (
    CASE (SELECT acting_as())
        WHEN 'token' THEN hash = (SELECT acting_token())
        WHEN 'system' THEN true
    END);
CREATE POLICY added ON booking_tokens FOR INSERT TO slotsmith_app WITH CHECK (
    CASE (SELECT acting_as())
        WHEN 'public' THEN is_made_here(mentor_id, booking_id)
        WHEN 'system' THEN true
    END);
CREATE POLICY changed ON booking_tokens FOR UPDATE TO slotsmith_app USING ((SELECT acting_as()) = 'system');
GRANT SELECT, INSERT, UPDATE (hash, created_at) ON booking_tokens TO slotsmith_app;

CREATE POLICY seen ON booking_history FOR SELECT TO slotsmith_app USING (
    CASE (SELECT acting_as())
        WHEN 'mentor' THEN mentor_id = (SELECT acting_mentor())
        WHEN 'client' THEN booking_id IN (SELECT id FROM bookings WHERE email_key = (SELECT acting_email()))
        WHEN 'token' THEN booking_id IN (SELECT booking_id FROM booking_tokens WHERE hash = (SELECT acting_token()))
        WHEN 'admin' THEN true
        WHEN 'system' THEN true
    END);
-- Each in their own name.
CREATE POLICY added ON booking_history FOR INSERT TO slotsmith_app WITH CHECK (
    CASE (SELECT acting_as())
        WHEN 'public' THEN actor = 'booker' AND is_made_here(mentor_id, booking_id)
        WHEN 'mentor' THEN actor = 'mentor' AND mentor_id = (SELECT acting_mentor())
        WHEN 'token' THEN (booking_id, actor) IN (
            SELECT booking_id, holder FROM booking_tokens WHERE hash = (SELECT acting_token()))
        WHEN 'admin' THEN actor = 'admin'
        WHEN 'system' THEN actor = 'system'
    END);
-- Never changed, never removed.
GRANT SELECT, INSERT ON booking_history TO slotsmith_app;

CREATE POLICY own ON holds TO slotsmith_app USING (
    CASE (SELECT acting_as())
        WHEN 'public' THEN mentor_id = (SELECT acting_mentor())
        WHEN 'token' THEN hash = (SELECT acting_token())
    END);
GRANT SELECT, INSERT, DELETE ON holds TO slotsmith_app;

CREATE POLICY seen ON jobs FOR SELECT TO slotsmith_app USING ((SELECT acting_as()) = 'system');
CREATE POLICY added ON jobs FOR INSERT TO slotsmith_app WITH CHECK (
    CASE (SELECT acting_as())
        WHEN 'public' THEN attempts = 0 AND finished_at IS NULL
        WHEN 'mentor' THEN attempts = 0 AND finished_at IS NULL
        WHEN 'token' THEN attempts = 0 AND finished_at IS NULL
        WHEN 'admin' THEN attempts = 0 AND finished_at IS NULL
        WHEN 'system' THEN true
    END);
CREATE POLICY changed ON jobs FOR UPDATE TO slotsmith_app USING ((SELECT acting_as()) = 'system');
GRANT SELECT, INSERT, UPDATE (run_at, attempts, lease_until, finished_at, outcome, error) ON jobs TO slotsmith_app;

CREATE POLICY seen ON idempotency_keys FOR SELECT TO slotsmith_app USING (
    CASE (SELECT acting_as()) WHEN 'public' THEN mentor_id = (SELECT acting_mentor()) END);
CREATE POLICY added ON idempotency_keys FOR INSERT TO slotsmith_app WITH CHECK (
    CASE (SELECT acting_as())
        WHEN 'public' THEN mentor_id = (SELECT acting_mentor()) AND is_made_here(mentor_id, booking_id)
    END);
CREATE POLICY forgotten ON idempotency_keys FOR DELETE TO slotsmith_app USING (
    CASE (SELECT acting_as()) WHEN 'public' THEN mentor_id = (SELECT acting_mentor()) END);
GRANT SELECT, INSERT, DELETE ON idempotency_keys TO slotsmith_app;

CREATE POLICY counted ON booking_attempts TO slotsmith_app USING ((SELECT acting_as()) = 'public');
-- Attempts never change; whoever locks rows needs the right to.
GRANT SELECT, INSERT, DELETE, UPDATE (at) ON booking_attempts TO slotsmith_app;

CREATE POLICY seen ON versions FOR SELECT TO slotsmith_app USING ((SELECT acting_as()) IS NOT NULL);
GRANT SELECT ON versions TO slotsmith_app;

REVOKE ALL ON FUNCTION booking_made_under, is_made_here FROM PUBLIC;
GRANT SELECT ON public_mentors, public_session_types, public_weekly_windows, public_overrides, public_override_windows,
    public_recurring_overrides, public_recurring_override_windows, public_taken, public_held, public_bookings_made
    TO slotsmith_app;
GRANT EXECUTE ON FUNCTION booking_made_under, is_made_here TO slotsmith_app;
