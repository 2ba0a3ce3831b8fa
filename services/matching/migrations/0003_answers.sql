-- What each side said to a proposal, or that it said nothing until the deadline: what acceptance is learned from. Whose
-- offer it was, where and on what is kept as it was then, so that a sum needs no other table and later changes of the
-- offer don't change what was answered. `about_offer` is false for what says nothing about the offer.
CREATE TABLE answers (
    proposal_id     uuid NOT NULL REFERENCES proposals,
    side            text NOT NULL CHECK (side IN ('requester', 'offerer')),
    answer          text NOT NULL CHECK (answer IN ('accepted', 'declined', 'expired')),
    reason          text,
    about_offer     boolean NOT NULL,
    offer_id        uuid NOT NULL,
    member_id       uuid NOT NULL,
    organisation_id uuid NOT NULL,
    country         text NOT NULL,
    themes          text[] NOT NULL,
    answered_at     timestamptz NOT NULL,
    PRIMARY KEY (proposal_id, side),
    CHECK ((answer = 'declined') = (reason IS NOT NULL))
);
CREATE INDEX answers_by_offer ON answers (offer_id);
