-- A round lets all open applications of a programme compete for all offers at once. `tries` counts how often the work on
-- it has begun since it was last asked for, so that one that ends its process each time is given up. `report` is what a
-- coordinator reads before publishing.
CREATE TABLE rounds (
    round_id   uuid PRIMARY KEY,
    programme  text NOT NULL,
    state      text NOT NULL CHECK (state IN ('queued', 'computing', 'computed', 'publishing', 'published', 'failed',
                                              'cancelled')),
    options    jsonb NOT NULL,
    candidates integer NOT NULL CHECK (candidates >= 1),
    pins       jsonb NOT NULL DEFAULT '[]',
    bans       jsonb NOT NULL DEFAULT '[]',
    tries      integer NOT NULL DEFAULT 0,
    stage      text,
    done       integer NOT NULL DEFAULT 0,
    total      integer NOT NULL DEFAULT 0,
    report     jsonb,
    problem    jsonb,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX rounds_to_do ON rounds (created_at) WHERE state IN ('queued', 'computing', 'publishing');
