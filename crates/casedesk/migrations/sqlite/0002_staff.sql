CREATE TABLE agents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT,
    role TEXT NOT NULL,
    totp_secret TEXT,
    totp_last_step BIGINT,
    disabled_at BIGINT,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT,
    signature TEXT NOT NULL DEFAULT '',
    time_zone TEXT NOT NULL DEFAULT 'UTC'
);

CREATE TABLE agent_addresses (
    address TEXT PRIMARY KEY,
    agent_id BIGINT NOT NULL REFERENCES agents (id)
);
CREATE INDEX agent_addresses_agent ON agent_addresses (agent_id);

CREATE TABLE teams (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    members_only BOOLEAN NOT NULL DEFAULT FALSE
);
INSERT INTO teams (name) VALUES ('Support'), ('Sales'), ('Engineering');

CREATE TABLE team_members (
    team_id BIGINT NOT NULL REFERENCES teams (id),
    agent_id BIGINT NOT NULL REFERENCES agents (id),
    PRIMARY KEY (team_id, agent_id)
);
CREATE INDEX team_members_agent ON team_members (agent_id);

CREATE TABLE sessions (
    digest TEXT PRIMARY KEY,
    agent_id BIGINT NOT NULL REFERENCES agents (id),
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ip TEXT,
    user_agent TEXT NOT NULL,
    totp_passed BOOLEAN NOT NULL,
    totp_pending TEXT
);
CREATE INDEX sessions_agent ON sessions (agent_id);

CREATE TABLE recovery_codes (
    digest TEXT PRIMARY KEY,
    agent_id BIGINT NOT NULL REFERENCES agents (id)
);
CREATE INDEX recovery_codes_agent ON recovery_codes (agent_id);

CREATE TABLE api_tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    agent_id BIGINT NOT NULL REFERENCES agents (id),
    name TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    scope TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    expires_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX api_tokens_agent ON api_tokens (agent_id);

CREATE TABLE links (
    digest TEXT PRIMARY KEY,
    agent_id BIGINT NOT NULL REFERENCES agents (id),
    kind TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX links_agent ON links (agent_id);

CREATE TABLE throttles (
    name TEXT PRIMARY KEY,
    busy_until BIGINT NOT NULL
);

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at BIGINT NOT NULL,
    agent_id BIGINT REFERENCES agents (id),
    action TEXT NOT NULL,
    subject_kind TEXT,
    subject_id BIGINT,
    detail TEXT NOT NULL,
    ip TEXT
);
CREATE INDEX audit_agent ON audit (agent_id, id);
