-- Where knowledge of the same sector is enough, each offer that comes has to be compared: see RESTARTED_BY in
-- storage/searches.py. They are few, and this finds them without reading all that found nobody. There is one row for each
-- application, so the index is built in less than a second, and writers wait no longer.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX searches_unmatched_related ON searches (application_id)
    WHERE state IN ('no-match', 'called') AND 'knowledge' = ANY (relax);
