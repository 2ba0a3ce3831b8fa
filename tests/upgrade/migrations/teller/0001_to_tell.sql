-- What a test wants to be announced, and by which release it was.
CREATE TABLE to_tell (
    position       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application_id uuid NOT NULL,
    word           text NOT NULL,
    told_by        text,
    event_id       uuid
);
