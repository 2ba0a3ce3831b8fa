-- The vectors of titles, made in the background. What is missing, of another model or of another text than the title is
-- made again, so the table may be emptied at any time. No vector: the offer is gone, or the vector was none.
-- `changed_in` is the number of the transaction: whoever has seen everything before a number asks for what came after.
CREATE TABLE title_vectors (
    kind       text NOT NULL CHECK (kind IN ('application', 'offer')),
    id         uuid NOT NULL,
    model      text NOT NULL,
    language   text NOT NULL,
    text_hash  bytea NOT NULL,
    vector     bytea,
    changed_in bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    PRIMARY KEY (kind, id)
);
CREATE INDEX title_vectors_by_transaction ON title_vectors (changed_in);
