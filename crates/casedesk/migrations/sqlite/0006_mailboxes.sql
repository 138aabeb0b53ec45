CREATE TABLE mailboxes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    -- user@host:port/folder: when the settings name another place, reading begins anew
    origin TEXT NOT NULL,
    uid_validity BIGINT,
    last_uid BIGINT NOT NULL DEFAULT 0,
    -- up to this uid only mail since window_since is read
    window_uid BIGINT NOT NULL DEFAULT 0,
    window_since BIGINT,
    behind BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    last_ok_at BIGINT,
    failing_since BIGINT,
    trouble TEXT,
    last_error TEXT,
    alarmed BOOLEAN NOT NULL DEFAULT FALSE,
    lease_node TEXT,
    lease_until BIGINT NOT NULL DEFAULT 0
);

-- Messages that could not be fetched or stored when their turn came: tried again until they are.
CREATE TABLE mailbox_gaps (
    mailbox_id BIGINT NOT NULL REFERENCES mailboxes (id) ON DELETE CASCADE,
    uid BIGINT NOT NULL,
    reason TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_try_at BIGINT NOT NULL,
    PRIMARY KEY (mailbox_id, uid)
);

CREATE TABLE oauth_tokens (
    name TEXT PRIMARY KEY,
    -- digest of the settings they were made from: other settings, other tokens
    origin TEXT NOT NULL,
    refresh_token TEXT NOT NULL,
    access_token TEXT NOT NULL DEFAULT '',
    expires_at BIGINT NOT NULL DEFAULT 0,
    refreshing_until BIGINT NOT NULL DEFAULT 0
);
