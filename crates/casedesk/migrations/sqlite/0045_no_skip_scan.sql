-- The list of open cases walked the index of assignees, one assignee after the other, and sorted what it found: of one
-- who has few cases in each state that is quick, of thousands of cases that nobody has taken it is not.
UPDATE sqlite_stat1 SET stat = stat || ' noskipscan' WHERE idx IN ('cases_assignee', 'cases_team');
ANALYZE sqlite_schema;
