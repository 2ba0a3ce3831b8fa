-- Whether the inbox has the id of the letter's event. What can't be read is claimed by its place on the topic, since its
-- id can't be trusted; once it can be read, its event must be claimed before it takes effect, or a second copy would too.
-- NULL where a release before this one has written the row: then its reason tells.
ALTER TABLE dead_letters ADD COLUMN event_claimed boolean;
