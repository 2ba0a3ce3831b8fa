-- How far a scheduled task has looked, so that it goes on from there however long it was away.
CREATE TABLE marks (
    task      text PRIMARY KEY,
    looked_at timestamptz NOT NULL
);
