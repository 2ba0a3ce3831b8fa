-- The working days on which a proposal can be answered, and the day of its next reminder. A proposal that the release
-- before publishes has neither: it is not reminded of, and expires on its last day as before.
ALTER TABLE proposals
    ADD COLUMN working_days date[] NOT NULL DEFAULT '{}',
    ADD COLUMN remind_on date;
