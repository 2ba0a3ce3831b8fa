-- What the application of a case is about: "theme:waste", "sdg:11", "dac:14050". Empty until the case is derived anew,
-- which the schedule does for cases that are older than this column.
ALTER TABLE cases ADD COLUMN topics text[];
-- Every value is empty now, so the table is read once and no entry is made.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX IF NOT EXISTS cases_by_topic ON cases USING gin (topics);
