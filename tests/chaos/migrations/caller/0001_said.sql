-- What the caller has said, written in the transaction that announces it.
CREATE TABLE said (
    event_id       uuid PRIMARY KEY,
    application_id uuid NOT NULL
);

-- The turns that are done, so that a turn whose commit was in doubt can be asked for again.
CREATE TABLE turns (
    turn uuid PRIMARY KEY
);
