-- People say the reference of an application on the telephone. There is one row for each application, so the index is
-- built in less than a second for as many as there will be in years, and writers wait no longer.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX searches_by_reference ON searches ((application ->> 'reference'));
