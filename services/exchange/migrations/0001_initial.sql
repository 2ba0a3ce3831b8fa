-- Copies of what other services announced: just enough to check that whoever is named exists and belongs together.
CREATE TABLE organisations (
    id             uuid PRIMARY KEY,
    kind           text NOT NULL CHECK (kind IN ('municipality', 'region', 'association', 'other')),
    association_id uuid
);
CREATE TABLE members (
    id              uuid PRIMARY KEY,
    organisation_id uuid NOT NULL
);

-- One row per exchange. A proposal is confirmed once, so it gives one exchange; an application can have several, one after
-- the other, when an exchange is cancelled and another match is found.
CREATE TABLE exchanges (
    id                       uuid PRIMARY KEY,
    application_id           uuid NOT NULL,
    proposal_id              uuid NOT NULL CONSTRAINT one_exchange_per_proposal UNIQUE,
    offer_id                 uuid NOT NULL,
    expert_id                uuid NOT NULL,
    requester_id             uuid NOT NULL,
    offerer_id               uuid NOT NULL,
    host_id                  uuid NOT NULL,
    mode                     text NOT NULL
        CHECK (mode IN ('expert-mission', 'internship', 'round-table', 'study-visit')),
    reference                text NOT NULL,
    title                    text NOT NULL,
    title_language           text NOT NULL,
    themes                   text[] NOT NULL,
    state                    text NOT NULL CHECK (state IN (
        'planned', 'drafting', 'agreed', 'preparing', 'ready', 'in-progress', 'completed', 'reporting', 'follow-up',
        'closed', 'postponed', 'cancelled')),
    first_day                date NOT NULL,
    last_day                 date NOT NULL,
    online                   boolean NOT NULL,
    terms                    text,
    association_id           uuid,
    association_confirmed_on date,
    organisations            uuid[] NOT NULL,
    before_survey            text NOT NULL CHECK (before_survey IN ('open', 'submitted', 'waived')),
    converted_on             date,
    started_on               date,
    completed_on             date,
    report                   jsonb,
    CONSTRAINT days_in_order CHECK (first_day <= last_day),
    CONSTRAINT started_before_completed CHECK (started_on <= completed_on),
    -- The promises of the states, once more, for whoever repairs data by hand.
    CONSTRAINT association_is_named CHECK (
        association_id IS NOT NULL OR state IN ('planned', 'drafting', 'cancelled')),
    CONSTRAINT start_is_known CHECK (
        started_on IS NOT NULL OR state NOT IN ('in-progress', 'completed', 'reporting', 'follow-up', 'closed')),
    CONSTRAINT completion_is_known CHECK (
        completed_on IS NOT NULL OR state NOT IN ('completed', 'reporting', 'follow-up', 'closed')),
    CONSTRAINT report_is_there CHECK (report IS NOT NULL OR state NOT IN ('reporting', 'follow-up', 'closed'))
);
CREATE INDEX exchanges_of_application ON exchanges (application_id);

-- Who takes part, in the order in which they were named; the checklist refers to the number.
CREATE TABLE exchange_participants (
    exchange_id     uuid NOT NULL REFERENCES exchanges,
    number          integer NOT NULL CHECK (number >= 1),
    organisation_id uuid NOT NULL,
    part            text NOT NULL CHECK (part IN ('expert', 'placed', 'visitor', 'host', 'moderator', 'government')),
    member_id       uuid,
    PRIMARY KEY (exchange_id, number)
);
-- Where a member takes part, for the day on which a member is erased.
CREATE INDEX participations_of_member ON exchange_participants (member_id) WHERE member_id IS NOT NULL;

-- What must be arranged; without a participant it concerns the whole exchange.
CREATE TABLE exchange_checklist (
    exchange_id uuid NOT NULL REFERENCES exchanges,
    place       integer NOT NULL CHECK (place >= 1),
    item        text NOT NULL CHECK (item IN (
        'visa-letter', 'travel', 'lodging', 'insurance', 'per-diem', 'interpretation', 'accessibility', 'safety')),
    participant integer CHECK (participant >= 1),
    done_on     date,
    PRIMARY KEY (exchange_id, place),
    UNIQUE NULLS NOT DISTINCT (exchange_id, item, participant)
);

-- Actions that evaluation announced. What is to be done is written there; here it counts that somebody owns it.
CREATE TABLE exchange_actions (
    action_id   uuid PRIMARY KEY,
    exchange_id uuid NOT NULL REFERENCES exchanges,
    owner_id    uuid NOT NULL,
    due         date NOT NULL
);
CREATE INDEX actions_of_exchange ON exchange_actions (exchange_id, action_id);

-- What was done with an exchange, by whom and why, and the plan that a later one replaced. Rows are only added.
CREATE TABLE exchange_history (
    exchange_id uuid NOT NULL REFERENCES exchanges,
    number      integer NOT NULL CHECK (number >= 1),
    at          timestamptz NOT NULL,
    by          text NOT NULL,
    what        text NOT NULL,
    from_state  text,
    to_state    text NOT NULL,
    reason      text,
    before      jsonb,
    PRIMARY KEY (exchange_id, number)
);
