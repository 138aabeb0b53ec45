-- Numbers are also kept from their last digit on, so that an index finds them by their end.
CREATE TABLE contact_numbers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    number_e164 TEXT NOT NULL,
    reversed TEXT NOT NULL,
    label TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (contact_id, number_e164)
);
CREATE INDEX contact_numbers_reversed ON contact_numbers (reversed);

-- `draft` is what its agent has typed while it is not on a case; `entry_id` is the line that it became.
CREATE TABLE calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    external_id TEXT UNIQUE,
    agent_id BIGINT,
    contact_id BIGINT REFERENCES contacts (id),
    entry_id BIGINT REFERENCES entries (id),
    caller_number TEXT NOT NULL,
    called_number TEXT NOT NULL,
    direction TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    answered_at BIGINT,
    ended_at BIGINT,
    summary TEXT NOT NULL,
    state TEXT NOT NULL,
    draft TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX calls_entry ON calls (entry_id);
CREATE INDEX calls_contact ON calls (contact_id, id);
CREATE INDEX calls_running ON calls (agent_id, id) WHERE state = 'running';

CREATE TABLE call_confirmations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token_digest TEXT NOT NULL UNIQUE,
    call_id BIGINT NOT NULL REFERENCES calls (id),
    kind TEXT NOT NULL,
    entry_id BIGINT NOT NULL REFERENCES entries (id),
    sent_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    answered_at BIGINT,
    answer TEXT
);
CREATE INDEX call_confirmations_call ON call_confirmations (call_id, id);

-- Announcements of the telephone system that were taken, so that none is taken twice.
CREATE TABLE phone_announcements (
    webhook_id TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);
CREATE INDEX phone_announcements_at ON phone_announcements (at);

ALTER TABLE agents ADD COLUMN phone_extension TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX agents_phone_extension ON agents (phone_extension) WHERE phone_extension <> '';

ALTER TABLE cases ADD COLUMN unconfirmed_since BIGINT;
CREATE INDEX cases_unconfirmed ON cases (unconfirmed_since) WHERE unconfirmed_since IS NOT NULL;

-- What the planner is told of it, as of the other indexes.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('cases', 'cases_unconfirmed', '200 1');
ANALYZE sqlite_schema;
