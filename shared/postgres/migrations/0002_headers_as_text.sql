-- The headers of a waiting event as one JSON object, name to value: a reader of the table sees them, and writing them
-- costs a fraction of two arrays. All of them are text of ours. A process of the release before can't write to the
-- table any more: end it first.
ALTER TABLE outbox ADD COLUMN headers text;
UPDATE outbox SET headers = (
    SELECT json_object_agg(pair.name, convert_from(pair.value, 'UTF8'))
    FROM unnest(header_names, header_values) AS pair (name, value));
ALTER TABLE outbox ALTER COLUMN headers SET NOT NULL, DROP COLUMN header_names, DROP COLUMN header_values;
