-- Which offers have changed since when: every process keeps all offers in memory and reads here what to read again. The
-- triggers, not the program, write it, so no change is forgotten, those of a release that does not know them neither.
-- `changed_in` is the number of the transaction: whoever has seen everything before a number asks for what came after.
CREATE TABLE offer_changes (
    position   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    offer_id   uuid NOT NULL,
    changed_in bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX offer_changes_by_transaction ON offer_changes (changed_in);
CREATE INDEX offer_changes_by_time ON offer_changes (changed_at);

CREATE FUNCTION note_changed_offer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO offer_changes (offer_id) VALUES (NEW.offer_id);
    RETURN NULL;
END $$;

CREATE FUNCTION note_changed_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO offer_changes (offer_id)
    SELECT offer_id FROM offers WHERE member_id = coalesce(NEW.member_id, OLD.member_id);
    RETURN NULL;
END $$;

CREATE TRIGGER offers_note_change AFTER INSERT OR UPDATE ON offers
    FOR EACH ROW EXECUTE FUNCTION note_changed_offer();
