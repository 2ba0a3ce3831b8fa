-- See 0004: what an offer is worth to a search also depends on this table.
CREATE TRIGGER answers_note_change AFTER INSERT OR UPDATE ON answers
    FOR EACH ROW EXECUTE FUNCTION note_changed_offer();
