-- PostgreSQL measures its tables itself; the pair of this file changes what SQLite's planner is told.
ANALYZE cases;
