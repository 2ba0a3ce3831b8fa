-- What was heard. Deliberately without a unique constraint: a second effect must be able to show, not be refused.
CREATE TABLE noted (
    position       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id       uuid NOT NULL,
    application_id uuid NOT NULL,
    sequence       integer NOT NULL,
    word           text NOT NULL,
    version        integer NOT NULL,
    release        text NOT NULL
);
