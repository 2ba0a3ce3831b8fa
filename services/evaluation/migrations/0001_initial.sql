-- The name of each organisation, for views. Organisations come on another topic than exchanges, so a name may arrive late.
CREATE TABLE organisations (
    organisation_id uuid PRIMARY KEY,
    kind            text NOT NULL CHECK (kind IN ('municipality', 'region', 'association', 'other')),
    name            text NOT NULL,
    country         text NOT NULL
);

-- A copy of what evaluation needs of each exchange. first_day and last_day are the days that hold now.
CREATE TABLE exchanges (
    exchange_id    uuid PRIMARY KEY,
    application_id uuid NOT NULL,
    requester_id   uuid NOT NULL,
    offerer_id     uuid NOT NULL,
    association_id uuid,
    mode           text NOT NULL CHECK (mode IN ('expert-mission', 'internship', 'round-table', 'study-visit')),
    themes         text[] NOT NULL,
    title          text NOT NULL,
    title_language text NOT NULL,
    first_day      date NOT NULL,
    last_day       date NOT NULL,
    phase          text NOT NULL CHECK (phase IN ('planned', 'started', 'completed', 'cancelled')),
    completed_on   date,
    CHECK ((completed_on IS NOT NULL) = (phase = 'completed'))
);

CREATE TABLE surveys (
    survey_id      uuid PRIMARY KEY,
    exchange_id    uuid NOT NULL REFERENCES exchanges,
    application_id uuid NOT NULL,
    respondent_id  uuid NOT NULL,
    side           text NOT NULL CHECK (side IN ('requester', 'offerer')),
    kind           text NOT NULL CHECK (kind IN ('before', 'pulse', 'after', 'six-months', 'twelve-months')),
    version        integer NOT NULL,
    day            date CHECK ((day IS NOT NULL) = (kind = 'pulse')),
    due            date NOT NULL,
    remind_on      date NOT NULL,
    closes_on      date NOT NULL,
    state          text NOT NULL CHECK (state IN ('scheduled', 'open', 'reminded', 'submitted', 'partial', 'missed',
                                                  'analysed', 'waived', 'anonymised')),
    reason         text CHECK ((reason IS NOT NULL) = (state = 'waived')),
    -- Nobody is asked the same thing twice.
    UNIQUE NULLS NOT DISTINCT (exchange_id, side, kind, day)
);
CREATE INDEX surveys_to_remind ON surveys (remind_on) WHERE state = 'open';
CREATE INDEX surveys_to_close ON surveys (closes_on) WHERE state IN ('open', 'reminded');
CREATE INDEX surveys_to_analyse ON surveys (exchange_id) WHERE state IN ('submitted', 'partial', 'missed');

-- Texts and the baseline number of an answered survey. They never leave this database.
CREATE TABLE answers (
    survey_id    uuid PRIMARY KEY REFERENCES surveys,
    texts        jsonb NOT NULL,
    baseline     double precision,
    submitted_at timestamptz NOT NULL
);

CREATE TABLE ratings (
    survey_id uuid NOT NULL REFERENCES answers,
    item      text NOT NULL,
    place     integer NOT NULL,
    value     integer NOT NULL CHECK (value BETWEEN 1 AND 5),
    PRIMARY KEY (survey_id, item)
);

CREATE TABLE actions (
    action_id      uuid PRIMARY KEY,
    exchange_id    uuid NOT NULL REFERENCES exchanges,
    application_id uuid NOT NULL,
    owner_id       uuid NOT NULL,
    what           text NOT NULL,
    due            date NOT NULL,
    state          text NOT NULL CHECK (state IN ('agreed', 'done', 'partial', 'dropped'))
);
CREATE INDEX actions_by_exchange ON actions (exchange_id);

CREATE TABLE practices (
    practice_id    uuid PRIMARY KEY,
    exchange_id    uuid NOT NULL REFERENCES exchanges,
    application_id uuid NOT NULL,
    association_id uuid NOT NULL,
    themes         text[] NOT NULL,
    title          text NOT NULL,
    title_language text NOT NULL,
    what_worked    text NOT NULL,
    what_did_not   text NOT NULL,
    evidence       text NOT NULL,
    state          text NOT NULL CHECK (state IN ('draft', 'submitted', 'association-check', 'expert-review', 'revision',
                                                  'published', 'review-due', 'updated', 'archived', 'rejected')),
    reason         text,
    published_on   date
);
CREATE INDEX practices_by_exchange ON practices (exchange_id);
