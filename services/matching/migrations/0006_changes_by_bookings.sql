-- See 0004: what an offer is worth to a search also depends on this table.
CREATE TRIGGER bookings_note_change AFTER INSERT OR UPDATE OR DELETE ON bookings
    FOR EACH ROW EXECUTE FUNCTION note_changed_member();
