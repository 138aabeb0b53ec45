-- What was asked for: a copy of what is kept about somebody, or that it is erased. No name stands here, so that the row
-- may stay when its subject is gone.
CREATE TABLE privacy_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    with_notes BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    -- What the archive is called in the file store, while it is there, and its bytes.
    archive TEXT,
    size BIGINT NOT NULL DEFAULT 0,
    -- What came of it, in words.
    outcome TEXT NOT NULL DEFAULT '',
    agent_id BIGINT NOT NULL REFERENCES agents (id),
    created_at BIGINT NOT NULL,
    -- When the run that is under way was last heard of.
    heard_at BIGINT,
    done_at BIGINT,
    expires_at BIGINT
);
CREATE INDEX privacy_requests_subject ON privacy_requests (subject_kind, subject_id, id);

-- Fingerprints of mail that was erased, so that it stays away when a mailbox hands it over again.
CREATE TABLE mail_erased (
    fingerprint TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);

CREATE INDEX entries_contact ON entries (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX webhook_deliveries_event ON webhook_deliveries (event_id);

-- Whom a quote was made for, once its case does not say so any more: what was accepted stays with its organisation.
ALTER TABLE quotes ADD COLUMN organisation_id BIGINT REFERENCES organisations (id);
