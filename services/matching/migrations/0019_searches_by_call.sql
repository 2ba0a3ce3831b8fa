-- Calls are looked for by the day on which they close. There is one row for each application, so the index is built in
-- less than a second, and writers wait no longer.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX searches_called ON searches (call_closes_on) WHERE state = 'called';
