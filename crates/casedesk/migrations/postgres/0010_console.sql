-- Whom a reply being written goes to without the others seeing it; the JSON of a list of people.
ALTER TABLE drafts ADD COLUMN recipients_bcc TEXT;
