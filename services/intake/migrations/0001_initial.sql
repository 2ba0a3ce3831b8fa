CREATE TABLE organisations (
    organisation_id uuid PRIMARY KEY,
    kind            text NOT NULL CHECK (kind IN ('municipality', 'region', 'association', 'other')),
    legal_type      text NOT NULL,
    name            text NOT NULL,
    country         char(2) NOT NULL,
    seat            bigint NOT NULL,
    population      bigint,
    languages       text[] NOT NULL,
    association_id  uuid REFERENCES organisations
);

-- The only place where names and addresses of people are kept. Nothing in it leaves this database in an event.
CREATE TABLE members (
    member_id       uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES organisations,
    name            text NOT NULL,
    email           text NOT NULL,
    position        text NOT NULL,
    elected         boolean NOT NULL,
    in_role_since   integer NOT NULL,
    languages       jsonb NOT NULL
);
CREATE INDEX members_of_organisation ON members (organisation_id);

CREATE TABLE applications (
    application_id  uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES organisations,
    state           text NOT NULL CHECK (state IN (
                        'draft', 'submitted', 'checking', 'information-requested', 'in-review', 'validated', 'rejected',
                        'matching', 'no-match', 'matched', 'exchanging', 'closed', 'withdrawn')),
    answers         jsonb NOT NULL,
    themes          text[] NOT NULL DEFAULT '{}',
    reference       text UNIQUE,
    received_on     date,
    rules_version   text,
    failed_checks   jsonb NOT NULL DEFAULT '[]',
    reasons         text[] NOT NULL DEFAULT '{}',
    resubmits       uuid REFERENCES applications,
    search          integer NOT NULL DEFAULT 0,
    offer_id        uuid,
    created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX applications_of_organisation ON applications (organisation_id, received_on);

CREATE TABLE reviews (
    application_id uuid NOT NULL REFERENCES applications,
    reviewer       text NOT NULL,
    recused        boolean NOT NULL,
    eligibility    jsonb,
    scores         jsonb,
    reviewed_at    timestamptz NOT NULL,
    PRIMARY KEY (application_id, reviewer)
);

CREATE TABLE reference_numbers (
    year integer PRIMARY KEY,
    last integer NOT NULL
);

CREATE TABLE offers (
    offer_id        uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES organisations,
    member_id       uuid NOT NULL REFERENCES members,
    state           text NOT NULL CHECK (state IN (
                        'draft', 'submitted', 'checking', 'information-requested', 'active', 'paused', 'reserved',
                        'exhausted', 'expired', 'withdrawn', 'rejected')),
    answers         jsonb NOT NULL,
    failed_checks   jsonb NOT NULL DEFAULT '[]',
    capacity        integer NOT NULL DEFAULT 1 CHECK (capacity >= 1),
    taken           integer NOT NULL DEFAULT 0 CHECK (taken >= 0),
    done            integer NOT NULL DEFAULT 0 CHECK (done >= 0),
    confirmed_at    timestamptz
);
CREATE INDEX offers_by_confirmation ON offers (confirmed_at) WHERE state IN ('active', 'paused', 'reserved');
