-- How much of an organisation's cases its contacts see on their pages; no row: each their own.
CREATE TABLE portal_scopes (
    organisation_id BIGINT PRIMARY KEY REFERENCES organisations (id),
    scope TEXT NOT NULL
);

CREATE TABLE portal_logins (
    digest TEXT PRIMARY KEY,
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    address TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE TABLE portal_sessions (
    digest TEXT PRIMARY KEY,
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    address TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- Answers that were posted, so that the same one sent twice is one entry.
CREATE TABLE portal_posts (
    digest TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);
