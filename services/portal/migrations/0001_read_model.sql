-- Organisations by their public names.
CREATE TABLE organisations (
    organisation_id uuid PRIMARY KEY,
    kind            text NOT NULL,
    name            text NOT NULL,
    country         text NOT NULL,
    seat            bigint NOT NULL,
    population      bigint
);

-- Offers, as far as a page about somebody else's case tells of them.
CREATE TABLE offers (
    offer_id        uuid PRIMARY KEY,
    organisation_id uuid,
    title           text,
    title_language  text,
    is_open         boolean NOT NULL
);

-- One row per case, made when the first event of it arrives, whichever that is. Everything in it is derived from
-- case_facts and can be derived again.
CREATE TABLE cases (
    case_id        uuid PRIMARY KEY,
    reference      text,
    title          text,
    title_language text,
    state          text NOT NULL DEFAULT 'heard-of',
    stage          text NOT NULL DEFAULT 'asking'
                   CHECK (stage IN ('asking', 'searching', 'exchanging', 'closed', 'stopped')),
    mode           text,
    requester_id   uuid,
    offerer_id     uuid,
    organisations  uuid[] NOT NULL DEFAULT '{}',
    next_step      text,
    next_who       text[] NOT NULL DEFAULT '{}',
    next_by        date,
    first_day      date,
    last_day       date,
    was_held       boolean NOT NULL DEFAULT false,
    practices      integer NOT NULL DEFAULT 0,
    version        bigint NOT NULL DEFAULT 0,
    -- The transaction that wrote the row last. A reader asks for everything since the oldest transaction that was still
    -- running when it last asked, so a transaction that commits late is never passed over.
    changed_by     xid8 NOT NULL DEFAULT pg_current_xact_id(),
    changed_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX cases_by_reference ON cases (reference);
CREATE INDEX cases_by_stage ON cases (stage, case_id DESC);
CREATE INDEX cases_by_change ON cases (changed_by);
CREATE INDEX cases_by_organisation ON cases USING gin (organisations);

-- What was heard of each case: the events without the ids of members. `position` is the order of arrival.
CREATE TABLE case_facts (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid NOT NULL UNIQUE,
    case_id  uuid NOT NULL REFERENCES cases,
    topic    text NOT NULL,
    subject  uuid NOT NULL,
    sequence bigint NOT NULL,
    time     timestamptz NOT NULL,
    type     text NOT NULL,
    facts    jsonb NOT NULL
);
CREATE INDEX case_facts_by_case ON case_facts (case_id, position);
