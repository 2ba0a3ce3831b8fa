-- The ratings of all experts together, in one row: what little is known of one expert is drawn toward their mean, and a
-- search must not add up all track records for it.
CREATE TABLE rating_totals (
    of_whom      text PRIMARY KEY,
    ratings      bigint NOT NULL,
    rating_total double precision NOT NULL
);

-- The trigger, not the program, keeps the totals, so those of a release that does not know them are right too;
-- it waits for those who rate in this moment, so nothing is counted twice or left out.
CREATE FUNCTION add_to_rating_totals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE rating_totals SET ratings = rating_totals.ratings + NEW.ratings - coalesce(OLD.ratings, 0),
                             rating_total = rating_totals.rating_total + NEW.rating_total - coalesce(OLD.rating_total, 0)
    WHERE of_whom = 'everybody';
    RETURN NULL;
END $$;

CREATE TRIGGER track_records_add_to_totals AFTER INSERT OR UPDATE OF ratings, rating_total ON track_records
    FOR EACH ROW EXECUTE FUNCTION add_to_rating_totals();

INSERT INTO rating_totals (of_whom, ratings, rating_total)
SELECT 'everybody', coalesce(sum(ratings), 0), coalesce(sum(rating_total), 0) FROM track_records;
