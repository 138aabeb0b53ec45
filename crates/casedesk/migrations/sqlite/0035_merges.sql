-- What is shown as part of another: its row stays, what hangs on it has moved.
ALTER TABLE organisations ADD COLUMN merged_into BIGINT REFERENCES organisations (id);
ALTER TABLE contacts ADD COLUMN merged_into BIGINT REFERENCES contacts (id);
CREATE INDEX organisations_merged ON organisations (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX contacts_merged ON contacts (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE file_merges (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- organisation, contact
    kind TEXT NOT NULL,
    kept_id BIGINT NOT NULL,
    merged_id BIGINT NOT NULL,
    -- What the one that stays was called and said, and what it was given: JSON.
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    agent_id BIGINT REFERENCES agents (id),
    at BIGINT NOT NULL,
    undone_at BIGINT
);

-- Everything that a merge moved, so that undoing it moves just that back.
CREATE TABLE file_merge_moves (
    merge_id BIGINT NOT NULL REFERENCES file_merges (id),
    -- contact, domain, tag, note, contract, licence, installation, vote, address, number, part
    what TEXT NOT NULL,
    -- Its number, or itself.
    moved TEXT NOT NULL,
    PRIMARY KEY (merge_id, what, moved)
);

-- Cases follow a merge: what each said before.
CREATE TABLE case_merge_moves (
    merge_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    contact_id BIGINT,
    PRIMARY KEY (merge_id, case_id)
);

-- Pairs that somebody said are not the same.
CREATE TABLE file_distinct (
    kind TEXT NOT NULL,
    one_id BIGINT NOT NULL,
    other_id BIGINT NOT NULL,
    PRIMARY KEY (kind, one_id, other_id)
);

-- Who looks after an organisation on our side.
ALTER TABLE organisations ADD COLUMN account_manager_id BIGINT REFERENCES agents (id);

-- Reminders of a contract's end that went out, each once for an end.
CREATE TABLE contract_reminders (
    contract_id BIGINT NOT NULL REFERENCES contracts (id),
    ends_on TEXT NOT NULL,
    days BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (contract_id, ends_on, days)
);
CREATE INDEX contracts_ends ON contracts (ends_on) WHERE ends_on IS NOT NULL;
