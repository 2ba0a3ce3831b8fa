-- btree_gist lets a constraint compare an expert's id and the booked days together.
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- How the programme matches. The highest version is used for new searches; a search keeps the version it began with.
CREATE TABLE policies (
    version     integer PRIMARY KEY,
    weights     jsonb NOT NULL,
    proposals   integer NOT NULL CHECK (proposals >= 1),
    answer_days integer NOT NULL CHECK (answer_days >= 1),
    created_at  timestamptz NOT NULL DEFAULT now()
);
INSERT INTO policies (version, weights, proposals, answer_days)
VALUES (1, '{"knowledge": 40, "position": 25, "context": 15, "language": 10, "availability": 10}', 3, 10);

-- What intake has told of organisations. `sequence` here and below is the number of the last event that was applied, so
-- that an older one can't overwrite a newer one.
CREATE TABLE organisations (
    organisation_id uuid PRIMARY KEY,
    kind            text NOT NULL CHECK (kind IN ('municipality', 'region', 'association', 'other')),
    country         text NOT NULL,
    population      bigint,
    languages       text[] NOT NULL,
    association_id  uuid,
    sequence        bigint NOT NULL
);
CREATE INDEX organisations_associations ON organisations (country) WHERE kind = 'association';

-- The index of offers. `capacity` is what the offerer declares, `reserved` what was taken of it by confirmed matches.
CREATE TABLE offers (
    offer_id        uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    association_id  uuid,
    member_id       uuid NOT NULL,
    country         text NOT NULL,
    population      bigint,
    answers         uuid,
    title           text NOT NULL,
    title_language  text NOT NULL,
    themes          text[] NOT NULL,
    sdgs            integer[] NOT NULL,
    dac             text[] NOT NULL,
    modes           text[] NOT NULL,
    position        text NOT NULL,
    years_in_role   integer NOT NULL CHECK (years_in_role >= 0),
    result_year     integer NOT NULL,
    languages       jsonb NOT NULL,
    windows         datemultirange NOT NULL,
    days_a_year     integer NOT NULL,
    capacity        integer NOT NULL CHECK (capacity >= 0),
    reserved        integer NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    state           text NOT NULL CHECK (state IN ('active', 'paused', 'closed')),
    sequence        bigint NOT NULL,
    changed_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX offers_by_change ON offers (changed_at);
CREATE INDEX offers_by_member ON offers (member_id);

-- One row per application whose peers are sought. `application` is the event that opened the search.
CREATE TABLE searches (
    application_id      uuid PRIMARY KEY,
    application         jsonb NOT NULL,
    themes              text[] NOT NULL,
    dac                 text[] NOT NULL,
    state               text NOT NULL
        CHECK (state IN ('searching', 'proposed', 'no-match', 'called', 'matched', 'withdrawn', 'closed')),
    policy              integer NOT NULL REFERENCES policies,
    number              integer NOT NULL,
    considered          integer NOT NULL,
    filtered            jsonb NOT NULL,
    called_associations uuid[],
    called_languages    text[],
    call_closes_on      date,
    sequence            bigint NOT NULL,
    updated_at          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX searches_unmatched_themes ON searches USING gin (themes) WHERE state IN ('no-match', 'called');
CREATE INDEX searches_unmatched_dac ON searches USING gin (dac) WHERE state IN ('no-match', 'called');

CREATE TABLE proposals (
    proposal_id    uuid PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES searches,
    offer_id       uuid NOT NULL REFERENCES offers,
    requester_id   uuid NOT NULL,
    offerer_id     uuid NOT NULL,
    member_id      uuid NOT NULL,
    state          text NOT NULL
        CHECK (state IN ('computed', 'shortlisted', 'published', 'accepted-by-requester', 'accepted-by-offerer',
                         'mutually-accepted', 'confirmed', 'declined', 'expired', 'superseded', 'cancelled')),
    search         integer NOT NULL,
    rank           integer NOT NULL CHECK (rank >= 1),
    score          double precision NOT NULL,
    contributions  jsonb NOT NULL,
    mode           text NOT NULL,
    first_day      date NOT NULL,
    last_day       date NOT NULL CHECK (last_day >= first_day),
    respond_by     date NOT NULL,
    reason         text,
    declined_by    text CHECK (declined_by IN ('requester', 'offerer')),
    proposed_at    timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX proposals_by_application ON proposals (application_id);
CREATE INDEX proposals_by_offer ON proposals (offer_id);
CREATE INDEX proposals_open ON proposals (respond_by)
    WHERE state IN ('published', 'accepted-by-requester', 'accepted-by-offerer');
-- A pair is proposed once at a time, and an application has one match.
CREATE UNIQUE INDEX proposals_one_open_per_pair ON proposals (application_id, offer_id)
    WHERE state IN ('computed', 'shortlisted', 'published', 'accepted-by-requester', 'accepted-by-offerer',
                    'mutually-accepted');
CREATE UNIQUE INDEX proposals_one_match ON proposals (application_id) WHERE state = 'confirmed';

-- The days for which an expert is taken by a confirmed match. The constraint, not the program, makes it impossible that
-- an expert is in two places at once, whichever of their offers were chosen.
CREATE TABLE bookings (
    proposal_id uuid PRIMARY KEY REFERENCES proposals,
    offer_id    uuid NOT NULL REFERENCES offers,
    member_id   uuid NOT NULL,
    days        daterange NOT NULL,
    CONSTRAINT bookings_never_overlap EXCLUDE USING gist (member_id WITH =, days WITH &&)
);

-- What came of an expert's earlier exchanges. A rating is the mean of one survey's answers, from 1 to 5.
CREATE TABLE track_records (
    member_id    uuid PRIMARY KEY,
    completed    integer NOT NULL DEFAULT 0,
    cancelled    integer NOT NULL DEFAULT 0,
    ratings      integer NOT NULL DEFAULT 0,
    rating_total double precision NOT NULL DEFAULT 0
);
