-- How many cases an organisation has is counted within the index, without reading the row of each.
DROP INDEX cases_organisation;
CREATE INDEX cases_organisation ON cases (organisation_id, updated_at, id, merged_into, team_id);
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('cases', 'cases_organisation', '200000 60 1 1 1 1');
ANALYZE sqlite_schema;
