-- What was heard, one row for each event. Deliberately without a unique constraint: a second effect must be able to
-- show, not be refused.
CREATE TABLE heard (
    position       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application_id uuid NOT NULL,
    sequence       integer NOT NULL,
    event_id       uuid NOT NULL,
    word           text NOT NULL CONSTRAINT no_forbidden_word CHECK (word <> 'forbidden')
);

-- How often each application was heard of: a number that is changed in place tells of a doubled or lost effect too.
CREATE TABLE tallies (
    application_id uuid PRIMARY KEY,
    heard          integer NOT NULL
);

-- While a word is listed here, whoever hears it fails with an unexpected error.
CREATE TABLE defects (
    word text PRIMARY KEY
);
