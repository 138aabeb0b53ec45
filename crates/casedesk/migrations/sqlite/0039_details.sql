-- The words in which installation details are asked for, where they are others than the shipped ones: `mail` is the text
-- around the questions, the rest are questions by their key.
CREATE TABLE details_words (
    name TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    agent_id BIGINT,
    updated_at BIGINT NOT NULL
);

-- A mail that asks for details, and the form behind its link. Its case is that of the entry, wherever that is moved to.
CREATE TABLE details_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    entry_id BIGINT NOT NULL UNIQUE REFERENCES entries (id),
    token_digest TEXT NOT NULL UNIQUE,
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    address TEXT NOT NULL,
    asked TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    sent_at BIGINT
);

-- What stands in the form. `version` grows with each change; `sent` and `kept` are the versions that the customer sent
-- and that went into the file.
CREATE TABLE details_answers (
    request_id BIGINT NOT NULL REFERENCES details_requests (id),
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    version BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    kept BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (request_id, field)
);

-- A file that comes by the form, piece by piece. `lease` names the one connection that may add to it.
CREATE TABLE details_uploads (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    word TEXT NOT NULL UNIQUE,
    request_id BIGINT NOT NULL REFERENCES details_requests (id),
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    received BIGINT NOT NULL,
    state TEXT NOT NULL,
    lease TEXT NOT NULL,
    entry_id BIGINT REFERENCES entries (id),
    created_at BIGINT NOT NULL,
    touched_at BIGINT NOT NULL
);
CREATE INDEX details_uploads_request ON details_uploads (request_id, id);
CREATE INDEX details_uploads_coming ON details_uploads (touched_at) WHERE state = 'coming';

-- Its blocks in the file store, each but the last of one size.
CREATE TABLE details_blocks (
    upload_id BIGINT NOT NULL REFERENCES details_uploads (id),
    place BIGINT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    PRIMARY KEY (upload_id, place)
);
