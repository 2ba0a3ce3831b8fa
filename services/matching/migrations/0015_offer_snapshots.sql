-- Snapshots of the offers in memory that processes have written to their disks. A file counts only while the row that it
-- names is here: a database that was restored to a time before it knows nothing of it.
CREATE TABLE offer_snapshots (
    snapshot_id uuid PRIMARY KEY,
    written_at  timestamptz NOT NULL DEFAULT now()
);
