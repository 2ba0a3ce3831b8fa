-- The organisation on the other side as far as it can be named: the one that is matched, or the one whose proposal is the
-- only one that is open or has come furthest. `offerer_id` stays empty until the match is confirmed.
ALTER TABLE cases ADD COLUMN peer_id uuid;
