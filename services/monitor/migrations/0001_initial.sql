-- Every event, by its identity: what happened to whom, when, and when we heard. What an event says is not kept.
CREATE TABLE events (
    event_id   uuid PRIMARY KEY,
    case_id    uuid,
    service    text NOT NULL,
    type       text NOT NULL,
    topic      text NOT NULL,
    aggregate  text NOT NULL,
    sequence   bigint NOT NULL,
    time       timestamptz NOT NULL,
    arrived_at timestamptz NOT NULL
);
CREATE INDEX events_of_case ON events (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX events_of_topic ON events (topic, time DESC);

-- Where each case stands. parts: the latest event of each aggregate that tells it, as {place: {name, sequence, expected_on}}.
-- state, waits_for and quiet_since follow from the rest and are stored to be searched.
CREATE TABLE cases (
    case_id     uuid PRIMARY KEY,
    reference   text,
    parts       jsonb NOT NULL,
    events      bigint NOT NULL,
    first_at    timestamptz,
    last_at     timestamptz,
    state       text NOT NULL,
    waits_for   text,
    quiet_since timestamptz
) WITH (fillfactor = 70);
CREATE INDEX cases_by_reference ON cases (reference);
CREATE INDEX cases_that_wait ON cases (quiet_since) WHERE waits_for IS NOT NULL;
CREATE INDEX cases_by_last_event ON cases (last_at DESC);

-- The dead letters of all services, as they announced them. The messages stay with the services.
CREATE TABLE reported_dead_letters (
    dead_letter_id   uuid PRIMARY KEY,
    service          text NOT NULL,
    state            text NOT NULL CHECK (state IN ('dead', 'replayed', 'discarded')),
    origin_topic     text NOT NULL,
    origin_partition integer NOT NULL,
    origin_offset    bigint NOT NULL,
    origin_key       text NOT NULL,
    event_id         uuid,
    event_type       text,
    reason           text NOT NULL,
    detail           text NOT NULL,
    reported_at      timestamptz NOT NULL,
    settled_at       timestamptz,
    settled_by       text,
    settled_why      text
);
CREATE INDEX reported_dead_letters_by_age ON reported_dead_letters (state, reported_at DESC);

-- The statistics worker counts in memory; each run writes here what it has counted. Windows of several runs add up.
CREATE TABLE statistics_runs (
    run_id     uuid PRIMARY KEY,
    started_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL
);
CREATE TABLE event_counts (
    run_id     uuid NOT NULL REFERENCES statistics_runs ON DELETE CASCADE,
    counted    text NOT NULL CHECK (counted IN ('topic', 'type', 'dead-letters')),
    key        text NOT NULL,
    minute     timestamptz NOT NULL,
    events     bigint NOT NULL,
    PRIMARY KEY (run_id, counted, key, minute)
);
CREATE INDEX event_counts_by_minute ON event_counts (minute);
CREATE TABLE step_durations (
    run_id     uuid NOT NULL REFERENCES statistics_runs ON DELETE CASCADE,
    first      text NOT NULL,
    second     text NOT NULL,
    hour       timestamptz NOT NULL,
    steps      bigint NOT NULL,
    seconds    double precision NOT NULL,
    buckets    bigint[] NOT NULL,
    PRIMARY KEY (run_id, first, second, hour)
);
CREATE INDEX step_durations_by_hour ON step_durations (hour);

-- What was last seen of the services and of their lag, and when it was last looked at.
CREATE TABLE lags (
    service   text NOT NULL,
    topic     text NOT NULL,
    events    bigint NOT NULL,
    oldest_at timestamptz,
    PRIMARY KEY (service, topic)
);
CREATE TABLE service_health (
    service text PRIMARY KEY,
    ready   boolean NOT NULL,
    reason  text NOT NULL,
    parts   jsonb NOT NULL
);
CREATE TABLE observations (
    subject text PRIMARY KEY CHECK (subject IN ('lags', 'services')),
    at      timestamptz,
    failure text
);
