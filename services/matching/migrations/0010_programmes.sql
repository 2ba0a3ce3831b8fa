-- Each programme sets how it matches; `connect` is the one of whoever names no other. A search by itself publishes its
-- best offers; by a coordinator, it waits for their choice.
ALTER TABLE policies
    ADD COLUMN programme text NOT NULL DEFAULT 'connect',
    ADD COLUMN publishing text NOT NULL DEFAULT 'by-itself'
        CHECK (publishing IN ('by-itself', 'by-coordinator')),
    ADD COLUMN created_by text;
