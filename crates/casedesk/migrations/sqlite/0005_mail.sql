-- What came in, whole, before anything reads it. `raw` is emptied once the mail is in the file store.
CREATE TABLE inbound (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    source_key TEXT UNIQUE,
    envelope TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    size BIGINT NOT NULL,
    raw BLOB,
    digest TEXT,
    state TEXT NOT NULL,
    reason TEXT,
    tries BIGINT NOT NULL DEFAULT 0,
    entry_id BIGINT REFERENCES entries (id)
);
CREATE INDEX inbound_new ON inbound (id) WHERE state = 'new';
CREATE INDEX inbound_quarantined ON inbound (id) WHERE state = 'quarantined';

CREATE TABLE mail_messages (
    entry_id BIGINT PRIMARY KEY REFERENCES entries (id),
    message_id TEXT,
    fingerprint TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL,
    reference_ids TEXT NOT NULL,
    raw_digest TEXT,
    html_digest TEXT,
    tries BIGINT NOT NULL DEFAULT 0
);

-- Every Message-ID seen or only heard of, and the case it belongs to.
CREATE TABLE mail_ids (
    message_id TEXT PRIMARY KEY,
    case_id BIGINT NOT NULL REFERENCES cases (id)
);
CREATE INDEX mail_ids_case ON mail_ids (case_id);

CREATE TABLE automatic_mail (
    address TEXT NOT NULL,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    at BIGINT NOT NULL
);
CREATE INDEX automatic_mail_address ON automatic_mail (address, at);
