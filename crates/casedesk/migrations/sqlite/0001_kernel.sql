CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    subject BIGINT NOT NULL,
    kind TEXT NOT NULL,
    team_id BIGINT,
    agent_id BIGINT,
    at BIGINT NOT NULL,
    data TEXT NOT NULL
);
CREATE INDEX events_subject ON events (topic, subject, id);

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    unique_key TEXT UNIQUE,
    state TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    locked_until BIGINT,
    attempts BIGINT NOT NULL DEFAULT 0,
    last_error TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX jobs_due ON jobs (run_at, id) WHERE state <> 'parked';

CREATE TABLE search_documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner BIGINT NOT NULL,
    part BIGINT NOT NULL,
    UNIQUE (owner, part)
);
CREATE INDEX search_documents_part ON search_documents (part);
CREATE VIRTUAL TABLE search_text USING fts5 (
    title, body, people, files,
    content = '', contentless_delete = 1, tokenize = 'unicode61', prefix = '2 3'
);
