-- What an agent is told of: a mention, a case that was given to them, and what comes to a case that they watch.
CREATE TABLE notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    agent_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    entry_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    by_agent_id BIGINT,
    at BIGINT NOT NULL,
    read_at BIGINT,
    mailed_at BIGINT
);
CREATE INDEX notices_agent ON notices (agent_id, id);
CREATE INDEX notices_unread ON notices (agent_id, case_id, entry_id) WHERE read_at IS NULL;
CREATE INDEX notices_entry ON notices (entry_id);
CREATE INDEX notices_at ON notices (at);
-- Which of them an agent wants by mail, and when a page of theirs was last open and not idle.
ALTER TABLE agents ADD COLUMN mail_mentioned BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE agents ADD COLUMN mail_assigned BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE agents ADD COLUMN mail_answered BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE agents ADD COLUMN present_at BIGINT;
