-- What the desk found about a case, on its own row too, so that a list is narrowed by it within one index. Verdicts
-- are found of open cases, and lists of them are in the order of activity.
ALTER TABLE cases ADD COLUMN verdict_contract TEXT;
ALTER TABLE cases ADD COLUMN verdict_life_cycle TEXT;
ALTER TABLE cases ADD COLUMN verdict_upgrade TEXT;
ALTER TABLE cases ADD COLUMN verdict_roadmap TEXT;
ALTER TABLE cases ADD COLUMN verdict_completeness TEXT;
UPDATE cases SET
    verdict_contract = (SELECT state FROM case_verdicts WHERE case_id = cases.id AND kind = 'contract'),
    verdict_life_cycle = (SELECT state FROM case_verdicts WHERE case_id = cases.id AND kind = 'life_cycle'),
    verdict_upgrade = (SELECT state FROM case_verdicts WHERE case_id = cases.id AND kind = 'upgrade'),
    verdict_roadmap = (SELECT state FROM case_verdicts WHERE case_id = cases.id AND kind = 'roadmap'),
    verdict_completeness = (SELECT state FROM case_verdicts WHERE case_id = cases.id AND kind = 'completeness')
WHERE id IN (SELECT case_id FROM case_verdicts);
CREATE INDEX cases_verdict_contract ON cases (verdict_contract, updated_at, id)
    WHERE merged_into IS NULL AND state IN ('new', 'open', 'waiting') AND verdict_contract IS NOT NULL;
CREATE INDEX cases_verdict_life_cycle ON cases (verdict_life_cycle, updated_at, id)
    WHERE merged_into IS NULL AND state IN ('new', 'open', 'waiting') AND verdict_life_cycle IS NOT NULL;
CREATE INDEX cases_verdict_upgrade ON cases (verdict_upgrade, updated_at, id)
    WHERE merged_into IS NULL AND state IN ('new', 'open', 'waiting') AND verdict_upgrade IS NOT NULL;
CREATE INDEX cases_verdict_roadmap ON cases (verdict_roadmap, updated_at, id)
    WHERE merged_into IS NULL AND state IN ('new', 'open', 'waiting') AND verdict_roadmap IS NOT NULL;
CREATE INDEX cases_verdict_completeness ON cases (verdict_completeness, updated_at, id)
    WHERE merged_into IS NULL AND state IN ('new', 'open', 'waiting') AND verdict_completeness IS NOT NULL;

-- The same in two or three words, and the roadmap item that looks like what is asked for.
ALTER TABLE case_verdicts ADD COLUMN label TEXT NOT NULL DEFAULT '';
ALTER TABLE case_verdicts ADD COLUMN item_id BIGINT;

-- The verdicts that an agent wants to see in every row of a list, as words with spaces between.
CREATE TABLE list_columns (
    agent_id BIGINT PRIMARY KEY REFERENCES agents (id),
    kinds TEXT NOT NULL
);

-- Which case asks for which item of the roadmap. `voted`: the link added the organisation's vote, and takes it back.
CREATE TABLE case_items (
    case_id BIGINT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    item_id BIGINT NOT NULL REFERENCES roadmap_items (id) ON DELETE CASCADE,
    organisation_id BIGINT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    agent_id BIGINT REFERENCES agents (id),
    voted BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (case_id, item_id)
);
CREATE INDEX case_items_item ON case_items (item_id, organisation_id);
