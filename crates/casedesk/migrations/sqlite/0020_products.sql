-- What we sell, and what it runs on: operating systems and runtimes have life cycles too.
CREATE TABLE products (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- The word in public addresses: ferrywell-transfer.
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    archived_at BIGINT,
    created_at BIGINT NOT NULL
);

-- Every name that people call a product by, its own among them; folded: lower case, one space between words.
CREATE TABLE product_names (
    name_folded TEXT PRIMARY KEY,
    product_id BIGINT NOT NULL REFERENCES products (id),
    name TEXT NOT NULL
);
CREATE INDEX product_names_product ON product_names (product_id);

-- Lines of the life-cycle table. Days are text, YYYY-MM-DD; none: not known, or no end is planned.
CREATE TABLE cycles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    product_id BIGINT NOT NULL REFERENCES products (id),
    name TEXT NOT NULL,
    lts BOOLEAN NOT NULL DEFAULT FALSE,
    released_on TEXT,
    support_ends_on TEXT,
    security_ends_on TEXT,
    ends_on TEXT,
    -- It is over, and nobody knows since when.
    ended BOOLEAN NOT NULL DEFAULT FALSE,
    latest TEXT,
    latest_on TEXT,
    link TEXT,
    updated_at BIGINT NOT NULL,
    UNIQUE (product_id, name)
);

CREATE TABLE releases (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    product_id BIGINT NOT NULL REFERENCES products (id),
    cycle_id BIGINT REFERENCES cycles (id),
    version TEXT NOT NULL,
    released_on TEXT,
    channel TEXT NOT NULL,
    notes TEXT NOT NULL DEFAULT '',
    updated_at BIGINT NOT NULL,
    UNIQUE (product_id, version)
);
CREATE INDEX releases_cycle ON releases (cycle_id);

CREATE TABLE roadmap_items (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    product_id BIGINT NOT NULL REFERENCES products (id),
    title TEXT NOT NULL,
    body TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL,
    target TEXT,
    link TEXT,
    public BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX roadmap_items_product ON roadmap_items (product_id);

-- An organisation votes once; the agent is the one who noted it.
CREATE TABLE roadmap_votes (
    item_id BIGINT NOT NULL REFERENCES roadmap_items (id),
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    at BIGINT NOT NULL,
    agent_id BIGINT REFERENCES agents (id),
    PRIMARY KEY (item_id, organisation_id)
);
CREATE INDEX roadmap_votes_organisation ON roadmap_votes (organisation_id);
