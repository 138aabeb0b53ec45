-- What SQLite's planner is told of the cases, once and for all desks: without figures it takes every index for
-- equally narrow, and reads and sorts all open cases for one page of them instead of walking the index that has
-- them in order. The figures are those of a desk of 200,000 cases; they are not measured, so that a plan never
-- changes by itself.
ANALYZE;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('cases', 'cases_state', '200000 40000 1 1'),
    ('cases', 'cases_open', '20000 1 1'),
    ('cases', 'cases_all', '200000 1 1'),
    ('cases', 'cases_created', '200000 1 1'),
    ('cases', 'cases_assignee', '200000 4000 20 1 1'),
    ('cases', 'cases_team', '200000 40000 8000 1 1'),
    ('cases', 'cases_organisation', '200000 60 1 1'),
    ('cases', 'cases_contact', '200000 6 1 1');
ANALYZE sqlite_schema;
