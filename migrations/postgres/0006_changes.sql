-- More happens to bookings: a mentor says yes or no, it took place or not, and time passes by itself.

ALTER TABLE booking_history DROP CONSTRAINT booking_history_actor_check;
ALTER TABLE booking_history DROP CONSTRAINT booking_history_action_check;
ALTER TABLE booking_history
    ADD CONSTRAINT booking_history_actor_check CHECK (actor IN ('booker', 'mentor', 'admin', 'system')),
    ADD CONSTRAINT booking_history_action_check CHECK (action IN
        ('created', 'rescheduled', 'cancelled', 'confirmed', 'declined', 'completed', 'no_show', 'expired'));
