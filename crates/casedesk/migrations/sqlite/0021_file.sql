-- What we sell as support: channels, hours as casedesk_hours writes them, and targets for each priority.
CREATE TABLE support_options (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    -- Words with spaces between: mail phone.
    channels TEXT NOT NULL,
    hours TEXT NOT NULL,
    covers TEXT NOT NULL,
    archived_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE support_option_targets (
    option_id BIGINT NOT NULL REFERENCES support_options (id),
    priority TEXT NOT NULL,
    first_response_min BIGINT,
    next_response_min BIGINT,
    PRIMARY KEY (option_id, priority)
);

-- Days are text, YYYY-MM-DD; no end: until somebody ends it.
CREATE TABLE contracts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    option_id BIGINT NOT NULL REFERENCES support_options (id),
    reference TEXT NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT,
    seats BIGINT,
    -- Goes on by itself for so many months each time; none: it ends.
    renews_months BIGINT,
    -- The contract that this one goes on from.
    renews_id BIGINT REFERENCES contracts (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX contracts_organisation ON contracts (organisation_id);
CREATE INDEX contracts_option ON contracts (option_id);

CREATE TABLE licences (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    product_id BIGINT REFERENCES products (id),
    edition TEXT NOT NULL,
    -- What the key is known by; never the key.
    key_id TEXT NOT NULL,
    seats BIGINT,
    expires_on TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX licences_organisation ON licences (organisation_id);

CREATE TABLE installations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    product_id BIGINT REFERENCES products (id),
    label TEXT NOT NULL,
    role TEXT NOT NULL,
    archived_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX installations_organisation ON installations (organisation_id);
CREATE INDEX installations_product ON installations (product_id);

-- Every value that a field ever had; the newest is the one that counts. An empty one: not known any more.
CREATE TABLE installation_fields (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    installation_id BIGINT NOT NULL REFERENCES installations (id),
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    -- As the customer wrote it.
    written TEXT NOT NULL,
    source TEXT NOT NULL,
    -- The message that it was read from, by its number alone: the customer file knows no cases.
    entry_id BIGINT,
    agent_id BIGINT REFERENCES agents (id),
    contact_id BIGINT REFERENCES contacts (id),
    at BIGINT NOT NULL
);
CREATE INDEX installation_fields_field ON installation_fields (installation_id, field, id);

CREATE TABLE organisation_notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    agent_id BIGINT REFERENCES agents (id),
    text TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX organisation_notes_organisation ON organisation_notes (organisation_id, id);

CREATE TABLE organisation_tags (
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    tag TEXT NOT NULL,
    PRIMARY KEY (organisation_id, tag)
);
CREATE INDEX organisation_tags_tag ON organisation_tags (tag, organisation_id);

ALTER TABLE cases ADD COLUMN installation_id BIGINT REFERENCES installations (id);
CREATE INDEX cases_installation ON cases (installation_id) WHERE installation_id IS NOT NULL;

-- What the desk found about a case, newest finding of each kind.
CREATE TABLE case_verdicts (
    case_id BIGINT NOT NULL REFERENCES cases (id),
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    action TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (case_id, kind)
);
