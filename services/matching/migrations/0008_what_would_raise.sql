-- What would raise the score of a proposal, as it was when it was published: codes and points. Proposals of the release
-- before have none.
ALTER TABLE proposals ADD COLUMN raises jsonb NOT NULL DEFAULT '[]';
