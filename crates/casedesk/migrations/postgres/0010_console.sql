-- Whom a reply being written goes to without the others seeing it; the JSON of a list of people.
ALTER TABLE drafts ADD COLUMN recipients_bcc TEXT;

-- Empty: the zone is not known yet, and the next page that the agent opens tells it. Until now nobody was asked.
UPDATE agents SET time_zone = '' WHERE time_zone = 'UTC';
