-- What a round proposes. `outcome` says what became of a pair when the round was published: none while that is to come.
CREATE TABLE round_pairs (
    round_id       uuid NOT NULL REFERENCES rounds,
    application_id uuid NOT NULL,
    offer_id       uuid NOT NULL,
    score          integer NOT NULL,
    pinned         boolean NOT NULL,
    outcome        text CHECK (outcome IN ('published', 'left-out')),
    reason         text,
    proposal_id    uuid,
    PRIMARY KEY (round_id, application_id, offer_id)
);
