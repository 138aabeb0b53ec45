CREATE TABLE cases (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subject TEXT NOT NULL,
    base_subject TEXT NOT NULL,
    state TEXT NOT NULL,
    kind TEXT NOT NULL,
    priority TEXT NOT NULL,
    door TEXT NOT NULL,
    assignee_id BIGINT,
    team_id BIGINT,
    organisation_id BIGINT REFERENCES organisations (id),
    contact_id BIGINT REFERENCES contacts (id),
    waiting_on TEXT,
    wake_at BIGINT,
    follow_up_of BIGINT REFERENCES cases (id),
    merged_into BIGINT REFERENCES cases (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_customer_at BIGINT,
    last_agent_at BIGINT,
    solved_at BIGINT,
    closed_at BIGINT,
    last_entry_id BIGINT NOT NULL DEFAULT 0
);
-- Lists show what is not merged away, newest or oldest activity first, mostly of the open states.
CREATE INDEX cases_state ON cases (state, updated_at, id) WHERE merged_into IS NULL;
CREATE INDEX cases_open ON cases (updated_at, id) WHERE merged_into IS NULL AND state IN ('new', 'open', 'waiting');
CREATE INDEX cases_all ON cases (updated_at, id) WHERE merged_into IS NULL;
CREATE INDEX cases_created ON cases (created_at, id) WHERE merged_into IS NULL;
CREATE INDEX cases_assignee ON cases (assignee_id, state, updated_at, id) WHERE merged_into IS NULL;
CREATE INDEX cases_team ON cases (team_id, state, updated_at, id) WHERE merged_into IS NULL;
CREATE INDEX cases_organisation ON cases (organisation_id, updated_at, id);
CREATE INDEX cases_contact ON cases (contact_id, updated_at, id);
CREATE INDEX cases_merged ON cases (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX cases_wake ON cases (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX cases_solved ON cases (solved_at) WHERE state = 'solved';
-- Case numbers begin at four digits, so that they are told apart from versions and ports in mail.
INSERT INTO sqlite_sequence (name, seq) VALUES ('cases', 1000);

CREATE TABLE entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    kind TEXT NOT NULL,
    agent_id BIGINT,
    contact_id BIGINT REFERENCES contacts (id),
    at BIGINT NOT NULL,
    text TEXT NOT NULL,
    data TEXT NOT NULL,
    delivery TEXT,
    send_at BIGINT,
    failure TEXT,
    client_id TEXT,
    split_id BIGINT,
    UNIQUE (agent_id, client_id)
);
CREATE INDEX entries_case ON entries (case_id, id);

CREATE TABLE attachments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    entry_id BIGINT REFERENCES entries (id),
    agent_id BIGINT,
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    digest TEXT NOT NULL,
    shows_inline BOOLEAN NOT NULL,
    content_id TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX attachments_entry ON attachments (entry_id);
CREATE INDEX attachments_draft ON attachments (case_id, agent_id) WHERE entry_id IS NULL;

CREATE TABLE case_people (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    address TEXT NOT NULL,
    name TEXT,
    contact_id BIGINT REFERENCES contacts (id),
    role TEXT NOT NULL,
    PRIMARY KEY (case_id, address)
);
CREATE INDEX case_people_address ON case_people (address, case_id);

CREATE TABLE case_tags (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    tag TEXT NOT NULL,
    PRIMARY KEY (case_id, tag)
);
CREATE INDEX case_tags_tag ON case_tags (tag, case_id);

CREATE TABLE case_watchers (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    agent_id BIGINT NOT NULL,
    PRIMARY KEY (case_id, agent_id)
);
CREATE INDEX case_watchers_agent ON case_watchers (agent_id, case_id);

CREATE TABLE case_links (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    other_id BIGINT NOT NULL REFERENCES cases (id),
    kind TEXT NOT NULL,
    PRIMARY KEY (case_id, other_id, kind)
);
CREATE INDEX case_links_other ON case_links (other_id);

CREATE TABLE case_seen (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    agent_id BIGINT NOT NULL,
    entry_id BIGINT NOT NULL,
    PRIMARY KEY (case_id, agent_id)
);

CREATE TABLE merges (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    into_id BIGINT NOT NULL REFERENCES cases (id),
    agent_id BIGINT,
    at BIGINT NOT NULL,
    undone_at BIGINT
);
CREATE UNIQUE INDEX merges_active ON merges (case_id) WHERE undone_at IS NULL;
CREATE INDEX merges_into ON merges (into_id) WHERE undone_at IS NULL;

CREATE TABLE splits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    new_id BIGINT NOT NULL REFERENCES cases (id),
    agent_id BIGINT,
    at BIGINT NOT NULL,
    undone_at BIGINT
);

CREATE TABLE drafts (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    agent_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    recipients_to TEXT,
    recipients_cc TEXT,
    based_on BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (case_id, agent_id, kind)
);

CREATE TABLE saved_views (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    agent_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    shared BOOLEAN NOT NULL,
    query TEXT NOT NULL
);
CREATE INDEX saved_views_agent ON saved_views (agent_id);

CREATE TABLE templates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
