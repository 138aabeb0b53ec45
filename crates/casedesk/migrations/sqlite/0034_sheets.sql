-- A file of customers that is looked at, or was taken over; then its bytes are gone and the report is left.
CREATE TABLE customer_imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sheet TEXT NOT NULL,
    name TEXT NOT NULL,
    bytes BLOB NOT NULL,
    -- What each column is, as chosen: keys with commas between; empty: as the heading says.
    columns TEXT NOT NULL,
    agent_id BIGINT REFERENCES agents (id),
    created_at BIGINT NOT NULL,
    taken_at BIGINT,
    report TEXT NOT NULL
);

ALTER TABLE contacts ADD COLUMN note TEXT NOT NULL DEFAULT '';
-- The address that is written to first; without one, the first by name.
ALTER TABLE contact_addresses ADD COLUMN is_main BOOLEAN NOT NULL DEFAULT FALSE;
