-- One row is one version of a quote: once it was sent, its words and sums never change. `series_id` is the first version,
-- whose id is the number that people say.
CREATE TABLE quotes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    series_id BIGINT,
    version BIGINT NOT NULL,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    state TEXT NOT NULL,
    title TEXT NOT NULL,
    currency TEXT NOT NULL,
    total_minor BIGINT NOT NULL,
    valid_until TEXT NOT NULL,
    text TEXT NOT NULL,
    vat_note TEXT NOT NULL,
    contact_id BIGINT REFERENCES contacts (id),
    to_name TEXT NOT NULL,
    to_address TEXT NOT NULL,
    drafted_by BIGINT NOT NULL,
    edited_by BIGINT NOT NULL,
    approved_by BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    approved_at BIGINT,
    sent_at BIGINT,
    decided_at BIGINT,
    decided_by TEXT NOT NULL DEFAULT '',
    decided_how TEXT,
    recorded_by BIGINT,
    reason TEXT NOT NULL DEFAULT '',
    pdf_digest TEXT,
    read_as TEXT,
    read_entry_id BIGINT REFERENCES entries (id)
);
CREATE INDEX quotes_case ON quotes (case_id, id);
CREATE INDEX quotes_series ON quotes (series_id, version);
CREATE INDEX quotes_state ON quotes (state, id);
CREATE INDEX quotes_contact ON quotes (contact_id, id);

-- A quantity is kept in thousandths, a sum in the smallest unit of its currency.
CREATE TABLE quote_lines (
    quote_id BIGINT NOT NULL REFERENCES quotes (id),
    position BIGINT NOT NULL,
    description TEXT NOT NULL,
    quantity_milli BIGINT NOT NULL,
    unit_price_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    PRIMARY KEY (quote_id, position)
);

-- The private links of the mails that a quote was sent with.
CREATE TABLE quote_links (
    token_digest TEXT PRIMARY KEY,
    quote_id BIGINT NOT NULL REFERENCES quotes (id),
    entry_id BIGINT NOT NULL REFERENCES entries (id),
    address TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX quote_links_quote ON quote_links (quote_id);
