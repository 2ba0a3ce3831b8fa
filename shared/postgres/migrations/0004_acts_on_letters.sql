-- What was done about a dead letter, one row for each time that it was settled or tried in vain, also on the way of an act
-- on another letter of its key: by whom, when and why. `reason` and `detail` are those of the failure, where it failed.
CREATE TABLE dead_letter_acts (
    position       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dead_letter_id uuid NOT NULL,
    outcome        text NOT NULL CHECK (outcome IN ('replayed', 'discarded', 'failed')),
    at             timestamptz NOT NULL,
    by             text NOT NULL,
    why            text NOT NULL,
    reason         text,
    detail         text
);
CREATE INDEX dead_letter_acts_of_a_letter ON dead_letter_acts (dead_letter_id, position);
