-- Claimed event ids. An id is inserted in the same transaction as the effects of its event, so an event that is
-- delivered again finds its id here and has no second effect.
CREATE TABLE inbox (
    event_id    uuid PRIMARY KEY,
    received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inbox_by_age ON inbox USING brin (received_at);

-- Events that are committed and wait for the relay, which deletes a row once Kafka has acknowledged it.
CREATE TABLE outbox (
    position      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id      uuid NOT NULL,
    topic         text NOT NULL,
    key           text NOT NULL,
    header_names  text[] NOT NULL,
    header_values bytea[] NOT NULL,
    value         bytea NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- The number of the last event of each aggregate. Its row is locked by whoever announces, which keeps the numbers
-- without gaps and the outbox rows of one aggregate in the order of their commits.
CREATE TABLE outbox_sequences (
    topic   text NOT NULL,
    subject text NOT NULL,
    last    bigint NOT NULL,
    PRIMARY KEY (topic, subject)
) WITH (fillfactor = 70);

-- Messages that could not be used (dead), and later messages of the same key that wait behind them (waiting).
CREATE TABLE dead_letters (
    id               uuid PRIMARY KEY,
    position         bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    state            text NOT NULL CHECK (state IN ('dead', 'waiting', 'replayed', 'discarded')),
    topic            text NOT NULL,
    partition        integer NOT NULL,
    "offset"         bigint NOT NULL,
    key              text,
    event_id         uuid,
    event_type       text,
    header_names     text[] NOT NULL,
    header_values    bytea[] NOT NULL,
    value            bytea,
    reason           text NOT NULL,
    detail           text NOT NULL,
    received_at      timestamptz NOT NULL DEFAULT now(),
    settled_at       timestamptz,
    settled_by       text,
    settled_why      text
);
CREATE INDEX dead_letters_open ON dead_letters (topic, key, position) WHERE state IN ('dead', 'waiting');
CREATE INDEX dead_letters_recent ON dead_letters (received_at) WHERE state = 'dead';

-- Keys whose later events wait, in order, until the dead letter before them is settled.
CREATE TABLE parked_keys (
    topic     text NOT NULL,
    key       text NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic, key)
);

-- Answers given to HTTP commands, so that a command that is sent twice is done once and answered alike.
CREATE TABLE idempotency_keys (
    account     text NOT NULL,
    key         text NOT NULL,
    fingerprint bytea NOT NULL,
    status      integer,
    body        bytea,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys USING brin (created_at);
