CREATE TABLE organisations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE organisation_domains (
    domain TEXT PRIMARY KEY,
    organisation_id BIGINT NOT NULL REFERENCES organisations (id)
);
CREATE INDEX organisation_domains_organisation ON organisation_domains (organisation_id);

CREATE TABLE contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organisation_id BIGINT REFERENCES organisations (id),
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX contacts_organisation ON contacts (organisation_id);

CREATE TABLE contact_addresses (
    address TEXT PRIMARY KEY,
    contact_id BIGINT NOT NULL REFERENCES contacts (id),
    paused_at BIGINT,
    paused_reason TEXT
);
CREATE INDEX contact_addresses_contact ON contact_addresses (contact_id);
