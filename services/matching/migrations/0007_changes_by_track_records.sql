-- See 0004: what an offer is worth to a search also depends on this table.
CREATE TRIGGER track_records_note_change AFTER INSERT OR UPDATE ON track_records
    FOR EACH ROW EXECUTE FUNCTION note_changed_member();
